import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { packageRoot } from '../src/lab/package-root.ts';
import type { Machine } from './machine.ts';
import type { Profiles } from './profile/take-profiles.ts';
import type { Row } from './row.ts';

const folder = `${packageRoot}.provision/bench`;
const rowsFile = `${folder}/rows.ndjson`;
const machineFile = `${folder}/machine.json`;
const profilesFile = `${folder}/profiles.json`;

/** Rows of the whole benchmark, kept as they come: a run that was broken off can be taken up again. */
export function forgetRows(): void {
  rmSync(folder, { recursive: true, force: true });
}

export function saveRow(row: Row): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
}

export function savedRows(): readonly Row[] {
  if (!existsSync(rowsFile)) return [];
  const lines = readFileSync(rowsFile, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

export function saveMachine(machine: Machine): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(machineFile, JSON.stringify(machine));
}

export function savedMachine(): Machine | undefined {
  return existsSync(machineFile) ? (JSON.parse(readFileSync(machineFile, 'utf8')) as Machine) : undefined;
}

export function saveProfiles(profiles: Profiles): void {
  writeFileSync(profilesFile, JSON.stringify(profiles));
}

export function savedProfiles(): Profiles {
  return existsSync(profilesFile) ? (JSON.parse(readFileSync(profilesFile, 'utf8')) as Profiles) : {};
}
