import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Play } from '../load/playbook.ts';

/** A command of which nothing tells whether it was carried out. */
export interface UnsureCommand {
  readonly task: string;
  readonly step: string;
}

/** What a host owes to one play. */
export interface Debt {
  /** The play's file, from where the run was started. */
  readonly playbook: string;
  readonly play: string;
  /** The run that left it. */
  readonly run: string;
  readonly handlers: readonly string[];
  readonly commands: readonly UnsureCommand[];
}

export type PlayKey = Pick<Debt, 'playbook' | 'play'>;

/** Tells a play from all others, in this run and the next: of several with one name in a file, the later are counted. */
export function playKey(play: Play, plays: readonly Play[]): PlayKey {
  const playbook = fileOf(play);
  const twins = plays.filter((other) => other.name === play.name && fileOf(other) === playbook);
  const number = twins.indexOf(play) + 1;
  return { playbook, play: number > 1 ? `${play.name} (${number})` : play.name };
}

function fileOf({ playbook }: Play): string {
  return relative('', resolve(playbook.name));
}

/** The debt of a host to a play in `FOLDER/HOST.json`, if it has any. */
export function readDebt(folder: string, host: string, key: PlayKey): Debt | undefined {
  return debtsIn(pathOf(folder, host)).find((debt) => isFor(debt, key));
}

/** Takes the place of what the host owed to this play; one without handlers and commands is none. */
export function writeDebt(folder: string, host: string, debt: Debt): void {
  const path = pathOf(folder, host);
  const others = debtsIn(path).filter((other) => !isFor(other, debt));
  const debts = debt.handlers.length + debt.commands.length > 0 ? [...others, debt] : others;
  if (debts.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Whole or not at all: the run may be killed at any moment.
  writeFileSync(`${path}.new`, `${JSON.stringify(debts)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function isFor(debt: PlayKey, { playbook, play }: PlayKey): boolean {
  return debt.playbook === playbook && debt.play === play;
}

function pathOf(folder: string, host: string): string {
  return join(folder, `${encodeURIComponent(host)}.json`);
}

function debtsIn(path: string): readonly Debt[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as readonly Debt[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
