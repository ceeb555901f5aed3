import { problem } from '../../core/diagnostic.ts';

/** Lines around the offending one that a message shows. */
const around = 2;

export interface Refusal {
  /** The configuration's path on the host, and the name under which the server saw it. */
  readonly path: string;
  readonly staged: string;
  readonly text: string;
  /** What the server wrote. */
  readonly said: string;
}

/** The server's own words, with the line of the rendered text that they are about. */
export function refused({ path, staged, text, said }: Refusal): Error {
  const words = withoutBoilerplate(said.replaceAll(staged, path));
  const line = lineNamed(words, path);
  const message = messageOf(words).replace(`${path} `, '');
  return problem('PV5501', `the server refuses the new ${path}: ${message}`, {
    argument: ['template'],
    ...(line !== undefined && { renderedLine: line }),
    help: 'nothing was changed on the host, its server goes on as before; mend the template or the values in it',
    transcript: line === undefined ? words : `${words}\n\n${excerpt(text, line)}`,
  });
}

/** `FILE line 3:` as dhcpd writes it, `FILE:3.52` and `FILE:3:52` as Kea does. */
function lineNamed(words: string, path: string): number | undefined {
  const named = words.split(path).slice(1);
  const numbers = named.map((after) => /^(?: line |:)(\d+)/.exec(after)?.[1]);
  const first = numbers.find((number) => number !== undefined);
  return first === undefined ? undefined : Number(first);
}

function excerpt(text: string, line: number): string {
  const lines = text.split('\n');
  const first = Math.max(1, line - around);
  const shown = lines.slice(first - 1, line + around);
  const width = String(line + around).length;
  return shown
    .map((content, index) => {
      const number = first + index;
      return `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${content}`.trimEnd();
    })
    .join('\n');
}

/** What dhcpd says at every start and every end, and Kea of what goes well. */
const boilerplate =
  /^(Internet Systems Consortium DHCP|Copyright|All rights reserved|For info, please visit|Config file:|Database file:|PID file:|Wrote \d+|Launching IPv4|Starting ISC|Stopping ISC|Server starting service|.* INFO {2}\[|If you think you have received|than a configuration issue please|bugs on either our web page|before submitting a bug|process and the information we find|exiting\.|Configuration file errors encountered)/;

export function withoutBoilerplate(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !boilerplate.test(line));
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** The one line that says what is wrong: Kea's last error; of dhcpd's words those on which it ends, else the first. */
export function messageOf(words: string): string {
  const lines = words.split('\n');
  const error =
    lines.findLast((line) => /(^Error encountered: | ERROR +\[|^Syntax check failed with: )/.test(line)) ??
    lines.find((line) => /^(No subnet declaration for|Can't )/.test(line));
  const first = error ?? lines[0] ?? '';
  return (
    first.replace(/^(Error encountered|Syntax check failed with): |^.* ERROR +\[\S+ [A-Z0-9_]+ /, '') ||
    'no reason given'
  );
}
