import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';

/** Names that mean something of their own in every expression. */
const taken = new Set(
  'host groups hostvars guests facts item has get env JSON Math Number String Boolean Object Array Date undefined NaN Infinity'.split(
    ' ',
  ),
);

/** Words of JavaScript: no expression could name such a variable. */
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally ' +
    'for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield arguments eval'
  ).split(' '),
);

/** Whether every expression knows something else by that name. */
export function isTakenName(name: string): boolean {
  return taken.has(name);
}

/** Whether expressions can name it; otherwise it is reported at `at`. */
export function checkVariableName(name: string, at: Span, problems: Problems): boolean {
  if (taken.has(name)) {
    problems.add('PV2101', `\`${name}\` cannot be a variable: every expression knows something else by that name`, {
      at,
      help: 'choose another name',
    });
    return false;
  }
  if (/^[A-Za-z_$][\w$]*$/.test(name) && !reserved.has(name)) return true;
  const plain = name.replaceAll(/[^\w$]+/g, '_').replace(/^(?=\d)/, '_');
  const better = plain === name || reserved.has(plain) || plain === '' ? `${plain}_` : plain;
  problems.add('PV2101', `\`${name}\` cannot be a variable: no expression could name it`, {
    at,
    help: `letters, digits and _, no digit first: \`${better}\``,
  });
  return false;
}
