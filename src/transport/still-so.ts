import { createHash } from 'node:crypto';
import type { Chain, LookCall, Output, Stat } from '../core/plan.ts';
import { refuseSkipped } from './command-result.ts';
import { kindBits, type Shell } from './look.ts';
import { shellWords } from './shell-text.ts';

/** The host would not answer a look as it was taken for granted; the chain is broken. */
export class ChangedMeanwhile extends Error {
  constructor(call: LookCall) {
    super(`what was seen has changed: ${JSON.stringify(call)}`);
    this.name = 'ChangedMeanwhile';
  }
}

const timeout = 60;

/** Has the host compare what it would answer now, in a chain, so that whatever follows is done only if it is so. */
export async function stillSo(shell: Shell, call: LookCall, answer: unknown, chain: Chain): Promise<void> {
  const command = comparison(call, answer);
  if (command === undefined) throw new Error(`no host can compare this look: ${JSON.stringify(call)}`);
  const { exit, ...rest } = await shell.exchange({ command, timeout, reads: true, link: { chain, exits: [0] } });
  refuseSkipped({ exit, ...rest }, 'a comparison');
  if (exit !== 0) throw new ChangedMeanwhile(call);
}

/** Whether a host can compare such an answer. */
export function canConfirm(call: LookCall, answer: unknown): boolean {
  return comparison(call, answer) !== undefined;
}

function comparison(call: LookCall, answer: unknown): string | undefined {
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

function sameDigest(path: string, digest: string): string {
  return same(`${shellWords(['_digest', path])} | cut -c 1-64`, digest);
}

const longestOutput = 16 * 1024;

/** Only one of the two streams may have said something: together their order is not known. */
function sameOutput(argv: readonly string[], { exit, stdout, stderr }: Output): string | undefined {
  if ((stdout !== '' && stderr !== '') || stdout.length + stderr.length > longestOutput) return undefined;
  return same(`( ${shellWords(argv)} ) </dev/null 2>&1; echo "x$?"`, `${stdout}${stderr}x${exit}`);
}

function same(command: string, text: string): string {
  // Without the blank, a command in parentheses would be arithmetic.
  return `[ "$( ${command})" = ${shellWords([text])} ]`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
