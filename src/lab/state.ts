import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { labNames, stateFolder } from './names.ts';

export type Suite = 'bookworm' | 'trixie';

/** What `lab up` was asked for; written before anything is made, so that `down` can undo half of it. */
export interface LabState {
  readonly hosts: number;
  readonly suite: Suite;
  readonly debian: boolean;
  readonly subnet: string;
  readonly inventory: string;
  /** IP forwarding was off before any lab came up, and is to be off again after the last one. */
  readonly forwardingWasOff: boolean;
}

export async function readState(name: string): Promise<LabState | undefined> {
  const text = await readFile(labNames(name).stateFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as LabState);
}

export async function requireState(name: string): Promise<LabState> {
  const state = await readState(name);
  if (state) return state;
  throw problem('PV5602', `there is no lab \`${name}\` on this machine`, { help: 'bring one up: `provision lab up`' });
}

export async function writeState(name: string, state: LabState): Promise<void> {
  const { stateFile } = labNames(name);
  await mkdir(dirname(stateFile), { recursive: true, mode: 0o755 });
  await writeFile(`${stateFile}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(`${stateFile}.new`, stateFile);
}

/** The labs of this machine that are up, or were left half way. */
export async function knownLabs(): Promise<readonly string[]> {
  const entries = await readdir(stateFolder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
