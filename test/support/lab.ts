import { readdir, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { attempt, type Execution } from '../../src/lab/execute.ts';
import { reset } from '../../src/lab/lab.ts';
import { insideHost } from '../../src/lab/shell.ts';
import { type LabHost, type LabStatus, status } from '../../src/lab/status.ts';

const {
  PROVISION_TEST_LAB: name = 'test',
  PROVISION_TEST_SUBNET: subnet = '10.78.0',
  VITEST_POOL_ID: worker = '1',
} = process.env;

/**
 * The tests' own labs, beside one that a person may have up: one for each file that is tested at a time. Two runs at
 * once need two names and networks; the network after each is for a further lab of its tests.
 */
export const testLabs = [
  { name, subnet, inventory: `inventory/lab/${name}.yml` },
  { name: `${name.slice(0, 7)}2`, subnet: networkAfter(subnet, 2), inventory: `inventory/lab/${name}-2.yml` },
] as const;

/** That of this file. */
export const testLab = testLabs[worker === '2' ? 1 : 0];

export function networkAfter(network: string, steps: number): string {
  return network.replace(/\d+$/, (last) => String(Number(last) + steps));
}

export function labStatus(): Promise<LabStatus> {
  return status(testLab.name);
}

export async function labHost(name: string): Promise<LabHost> {
  const { hosts } = await labStatus();
  const host = hosts.find((one) => one.name === name);
  if (!host) throw new Error(`the test lab has no host ${name}`);
  return host;
}

/** Runs a command inside a host, as root, without ssh. */
export async function hostExec(host: string, argv: readonly string[], stdin = ''): Promise<Execution> {
  return attempt(await insideHost(testLab.name, host, argv), { stdin });
}

/** What a script says inside a host, run by its root. */
export async function inHost(host: string, script: string, ...words: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await hostExec(host, ['sh', '-c', script, 'sh', ...words]);
  if (exit !== 0) throw new Error(`${host}: ${script} ended with ${exit}: ${stderr}`);
  return stdout.trim();
}

export interface UpperFile {
  readonly path: string;
  /** `gone`: the host removed a file of the base. */
  readonly kind: 'file' | 'folder' | 'link' | 'gone' | 'other';
  readonly size: number;
  readonly mtimeMs: number;
}

/** Everything a host wrote since it was booted fresh: what is in its overlay's upper folder, by path. */
export async function upperFiles(host: string): Promise<readonly UpperFile[]> {
  const { upper } = await labHost(host);
  const entries = await readdir(upper, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry): Promise<UpperFile | undefined> => {
      const file = `${entry.parentPath}/${entry.name}`;
      const found = await stat(file).catch(() => undefined);
      // Overlayfs notes a removed file as a character device; a running host may also be faster than we are.
      const kind = entry.isCharacterDevice() ? 'gone' : kindOf(entry);
      return { path: `/${relative(upper, file)}`, kind, size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0 };
    }),
  );
  return files.filter((file) => file !== undefined).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What was written between two listings: `+ /etc/x`, `~ /etc/y`, `- /etc/z`, without logs and leases. */
export function writtenBetween(before: readonly UpperFile[], after: readonly UpperFile[]): readonly string[] {
  const was = new Map(before.map((file) => [file.path, file]));
  const is = new Map(after.map((file) => [file.path, file]));
  const lines = [
    ...after.filter(({ path }) => !was.has(path)).map(({ path }) => `+ ${path}`),
    ...before.filter(({ path }) => !is.has(path)).map(({ path }) => `- ${path}`),
    ...after.filter((file) => differs(was.get(file.path), file)).map(({ path }) => `~ ${path}`),
  ];
  return lines.filter((line) => !/^. \/var\/log\//.test(line)).toSorted();
}

/** Throws away all that was written on a host and boots it fresh; two or three seconds. */
export function resetHost(host: string): Promise<void> {
  return reset(testLab.name, host, () => undefined);
}

function differs(was: UpperFile | undefined, is: UpperFile): boolean {
  if (!was || is.kind === 'folder') return false;
  return was.kind !== is.kind || was.size !== is.size || was.mtimeMs !== is.mtimeMs;
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): UpperFile['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
