import { createHash } from 'node:crypto';
import type { Chain, Output, SeenBefore, Stat } from '../core/plan.ts';
import { refuseSkipped } from './command-result.ts';
import { kindBits } from './look.ts';
import { shellWords } from './shell-text.ts';
import type { Writer } from './write.ts';

/** The host would not answer looks as it was taken for granted; the chain is broken. */
export class ChangedMeanwhile extends Error {
  constructor(seen: readonly SeenBefore[]) {
    super(`what was seen has changed: ${JSON.stringify(seen.map(({ call }) => call))}`);
    this.name = 'ChangedMeanwhile';
  }
}

const timeout = 60;

/** Has the host compare what it would answer now, in a chain, so that whatever follows is done only if it is so. */
export async function stillSo(shell: Writer, seen: readonly SeenBefore[], chain: Chain): Promise<void> {
  const comparisons = new Set(seen.map(comparison));
  if (comparisons.has(undefined)) throw new Error(`no host can compare one of these: ${JSON.stringify(seen)}`);
  const command = [...comparisons].join(' && ');
  const way = { timeout, link: { chain, exits: [0] } };
  const { exit, ...rest } = await (shell.writes.test(command, way) ??
    shell.exchange({ command, reads: true, tests: true, ...way }));
  refuseSkipped({ exit, ...rest }, 'a comparison');
  if (exit !== 0) throw new ChangedMeanwhile(seen);
}

/** Whether a host can compare such an answer. */
export function canConfirm(seen: SeenBefore): boolean {
  return comparison(seen) !== undefined;
}

/** A test that the shell makes itself where it can: a process costs more than all else. */
function comparison({ call, answer }: SeenBefore): string | undefined {
  switch (call.kind) {
    case 'stat':
      return answer === undefined ? absent(call.path) : sameStat(call.path, answer as Stat);
    case 'digest':
      return answer === undefined ? absent(call.path) : sameDigest(call.path, answer as string);
    case 'readText':
      return answer === undefined ? absent(call.path) : sameDigest(call.path, sha256(answer as string));
    case 'query':
      return call.options?.stdin === undefined ? sameOutput(call.argv, answer as Output) : undefined;
    case 'fetchText':
      return undefined;
    default:
      return call satisfies never;
  }
}

function absent(path: string): string {
  const word = shellWords([path]);
  return `[ ! -e ${word} ] && [ ! -h ${word} ]`;
}

/** A directory's size goes up and down with what is in it, and is no property of its own. */
function sameStat(path: string, { kind, mode, owner, group, size, target }: Stat): string | undefined {
  if (kind === 'other' || [owner, group].some((name) => /^\d+$/.test(name))) return undefined;
  const bits = ((kindBits[kind] << 12) | Number.parseInt(mode, 8)).toString(16);
  const [format, wanted] =
    kind === 'directory'
      ? ['%f %U:%G', `${bits} ${owner}:${group}`]
      : ['%f %s %U:%G', `${bits} ${size} ${owner}:${group}`];
  const stat = same(shellWords(['stat', '-c', format, '--', path]), wanted);
  if (target === undefined) return stat;
  return `${stat} && ${same(`${shellWords(['readlink', '-n', '--', path])}; echo x`, `${target}x`)}`;
}

/** The tool writes a name with a line break or a backslash in a way of its own. */
function sameDigest(path: string, digest: string): string | undefined {
  if (/[\n\\]/.test(path)) return undefined;
  return `[ -f ${shellWords([path])} ] && ${same(shellWords(['sha256sum', '--', path]), `${digest}  ${path}`)}`;
}

const longestOutput = 16 * 1024;
/** What is longer is compared by its digest: a process more, and much less to send. */
const longestSent = 512;

/** Only one of the two streams may have said something: together their order is not known. */
function sameOutput(argv: readonly string[], { exit, stdout, stderr }: Output): string | undefined {
  if ((stdout !== '' && stderr !== '') || stdout.length + stderr.length > longestOutput) return undefined;
  const command = `( ${shellWords(argv)} ) </dev/null 2>&1; echo "x$?"`;
  const text = `${stdout}${stderr}x${exit}`;
  if (text.length <= longestSent) return same(command, text);
  return same(`{ ${command};} | sha256sum`, `${sha256(`${text}\n`)}  -`);
}

function same(command: string, text: string): string {
  // Without the blank, a command in parentheses would be arithmetic.
  return `[ "$( ${command})" = ${shellWords([text])} ]`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
