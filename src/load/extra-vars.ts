import type { Problems } from '../core/diagnostic.ts';
import type { Located, SourceText } from '../core/source.ts';
import { readSource } from './read-source.ts';
import { checkVariableName } from './variable-name.ts';
import type { VariableLayer } from './variables.ts';
import { parseYaml } from './yaml.ts';

const origin = '--extra-vars';

/** The layers of `--extra-vars`, weakest first: `name=value` (the value read as YAML), `@file`, or a map in one line. */
export function parseExtraVars(texts: readonly string[], problems: Problems): VariableLayer[] {
  return texts.flatMap((text) => {
    if (text.startsWith('@')) return readFile(text.slice(1), problems);
    return text.trimStart().startsWith('{') ? readMap({ name: origin, text }, problems) : readPair(text, problems);
  });
}

function readFile(file: string, problems: Problems): VariableLayer[] {
  const source = readSource(file, problems);
  return source ? readMap(source, problems) : [];
}

function readMap(source: SourceText, problems: Problems): VariableLayer[] {
  const document = parseYaml(source, problems);
  if (!document || document.value === null) return [];
  const values = document.value;
  if (typeof values !== 'object' || Array.isArray(values)) {
    problems.add('PV2102', 'variables are a map', { at: document.locate([]), help: 'write `name: value`' });
    return [];
  }
  for (const name of Object.keys(values)) checkVariableName(name, document.locate([name], 'key'), problems);
  return [{ origin, values: values as Record<string, unknown>, document, path: [] }];
}

function readPair(text: string, problems: Problems): VariableLayer[] {
  const equals = text.indexOf('=');
  const source = { name: origin, text };
  const name = text.slice(0, Math.max(equals, 0));
  if (equals < 1) {
    const help = '-e name=value, -e @file.yml, or -e \'{"name": "value"}\'';
    problems.add('PV2102', `\`${text}\` is no variable`, { at: { source, start: 0, end: text.length }, help });
    return [];
  }
  if (!checkVariableName(name, { source, start: 0, end: equals }, problems)) return [];
  const document = readValue({ name: `${origin} ${name}`, text: text.slice(equals + 1) }, problems);
  if (!document) return [];
  // An empty value is a text, as in a shell, and not YAML's null.
  const value = document.source.text.trim() === '' ? '' : document.value;
  const locate: Located['locate'] = ([, ...inner], part) => document.locate(inner, part);
  const pair = { ...document, value: { [name]: value }, locate };
  return [{ origin, values: pair.value, document: pair, path: [] }];
}

/** On a command line `#` begins no comment: dropping the rest of a password would be a surprise. */
function readValue(source: SourceText, problems: Problems): Located | undefined {
  const hash = /^[^"'[{].*?(\s#)|^#/.exec(source.text);
  if (!hash) return parseYaml(source, problems);
  const start = hash[0].length - 1;
  problems.add('PV2102', 'YAML takes what follows `#` for a comment', {
    at: { source, start, end: source.text.length },
    help: `put the value in quotes of its own: -e 'name="…"'`,
  });
  return undefined;
}
