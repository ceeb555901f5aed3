import { type ProvisionError, problem } from '../core/diagnostic.ts';
import type { Output, QueryOptions, Stat } from '../core/plan.ts';
import { describe, expectOutput, lastLine, refuseCut } from './command-result.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { FileLook } from './look-batch.ts';
import { readFromLibrary } from './look-library.ts';
import type { Looks } from './looks.ts';
import { shellWords } from './shell-text.ts';

const lookTimeout = 60;

/** Something that answers requests: the shell of an identity. */
export interface Shell {
  readonly host: string;
  exchange(exchange: Exchange): Promise<Answer>;
}

/** A shell that answers looks together. */
export interface Looker extends Shell {
  readonly looks: Pick<Looks, 'ask'>;
}

export async function query(shell: Shell, argv: readonly string[], options: QueryOptions = {}): Promise<Output> {
  const { stdin, timeout = lookTimeout, exits = [0] } = options;
  const command = shellWords(argv);
  const input = stdin !== undefined && { stdin: Buffer.from(stdin) };
  const answer = await shell.exchange({ command, timeout, reads: true, ...input });
  return expectOutput(answer, { title: `\`${describe(argv)}\``, host: shell.host, exits, timeout });
}

export async function stat(shell: Looker, path: string): Promise<Stat | undefined> {
  const found = await look(shell, { kind: 'stat', path });
  return found && parseStat(found.toString('utf8'));
}

export async function digest(shell: Looker, path: string): Promise<string | undefined> {
  const found = await look(shell, { kind: 'digest', path });
  // A name with a line break or a backslash makes it put a backslash before the digest.
  return found && /[0-9a-f]{64}/.exec(found.toString('latin1'))?.[0];
}

export async function readText(shell: Looker, path: string): Promise<string | undefined> {
  return (await look(shell, { kind: 'text', path }))?.toString('utf8');
}

export async function realPath({ looks }: Looker, path: string): Promise<string | undefined> {
  const answer = await looks.ask({ kind: 'real', path });
  if (answer === 'absent' || answer.exit !== 0) return undefined;
  const text = answer.stdout.toString('utf8');
  return text.includes('\0') ? text.slice(0, text.indexOf('\0')) : undefined;
}

/** The exit status is not that of the tool that opens the file: only what it says counts. */
export async function readFrom(shell: Shell, path: string, offset: number): Promise<Uint8Array | undefined> {
  const command = shellWords(['_from', path, String(offset + 1)]);
  const answer = await shell.exchange({ command, needs: readFromLibrary, timeout: lookTimeout, reads: true });
  const failed = answer.stdout.length === 0 && answer.stderr.toString('utf8').trim() !== '';
  return found({ ...answer, exit: failed ? 1 : 0 }, path, shell.host);
}

async function look({ looks, host }: Looker, wanted: FileLook): Promise<Buffer | undefined> {
  const answer = await looks.ask(wanted);
  return answer === 'absent' ? undefined : found(answer, wanted.path, host);
}

/** `undefined` only where the host itself says that there is no such file. */
function found(answer: Answer, path: string, host: string): Buffer | undefined {
  refuseCut(answer, { title: `look at ${path}`, host, timeout: undefined });
  if (answer.exit === 0) return answer.stdout;
  const complaint = answer.stderr.toString('utf8').trim();
  if (provesAbsence(complaint)) return undefined;
  throw unreadable(path, host, complaint);
}

/** The system's own words come last in the message of every tool, after the name of the file. */
export function provesAbsence(complaint: string): boolean {
  return /: (No such file or directory|Not a directory)$/.test(complaint);
}

function unreadable(path: string, host: string, complaint: string): ProvisionError {
  return problem('PV5022', `${path} cannot be looked at: ${lastLine(complaint) ?? 'no reason given'}`, {
    help: /Permission denied/.test(complaint)
      ? `the user who acts on ${host} may not look there: \`become: true\`?`
      : `see on ${host}: ls -ld ${path}`,
  });
}

/** The upper four bits of a mode. */
export const kindBits = { file: 0o10, directory: 0o04, link: 0o12 } as const;
const kinds = Object.keys(kindBits) as (keyof typeof kindBits)[];

export function parseStat(text: string): Stat {
  const end = text.indexOf('\n');
  const [rawMode = '', size = '', ids = '', ...names] = text.slice(0, end).split(' ');
  const [owner = '', group = ''] = names.join(' ').split(':');
  const [userId = '', groupId = ''] = ids.split(':');
  const mode = Number.parseInt(rawMode, 16);
  const kind = kinds.find((one) => kindBits[one] === mode >> 12) ?? 'other';
  return {
    kind,
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    owner: owner === 'UNKNOWN' ? userId : owner,
    group: group === 'UNKNOWN' ? groupId : group,
    size: Number(size),
    ...(kind === 'link' && { target: text.slice(end + 1) }),
  };
}
