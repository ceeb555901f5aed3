import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.ts';
import { lastLines } from '../report/last-lines.ts';
import { logFolder, workFolder } from '../rig/names.ts';
import type { Rig } from '../rig/rig.ts';
import type { Phase } from '../row.ts';
import { works } from '../work/works.ts';
import { type CpuProfile, type Parts, partsOf, type SourceOf } from './parts.ts';

/** Where the controller's time goes in W1 on one host without delay, on average. */
export type Profiles = Partial<Readonly<Record<Phase, Parts>>>;

/** One run has no more than some hundred samples. */
export const profiledRounds = 5;
const interval = 250;
const folder = `${workFolder}/profiles`;

export async function takeProfiles(rig: Rig): Promise<Profiles> {
  const { prepare, reset, phases } = works.w1;
  await rig.setRoundTrip(0);
  await prepare(1, rig);
  const taken: Partial<Record<Phase, Parts[]>> = {};
  // The first round finds the program as it is after a build, not yet compiled: it does not count.
  for (let round = 0; round <= profiledRounds; round += 1) {
    await reset?.(rig, 1);
    for (const phase of phases) {
      const parts = await profile(rig);
      if (round > 0) taken[phase] = [...(taken[phase] ?? []), parts];
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([phase, rounds]) => [phase, mean(rounds)]));
}

async function profile(rig: Rig): Promise<Parts> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { argv, ...rest } = works.w1.command('provision');
  const [program = '', ...words] = argv;
  const watched = [program, '--cpu-prof', '--cpu-prof-interval', String(interval), '--cpu-prof-dir', folder, ...words];
  const log = `${logFolder}/profile.log`;
  const { exit } = await measure(rig, { ...rest, argv: watched }, log);
  if (exit !== 0) throw new Error(`the profiled run ended with exit code ${exit}:\n${await lastLines(log)}`);
  const parts: Parts[] = [];
  for (const name of await readdir(folder)) {
    const text = await readFile(`${folder}/${name}`, 'utf8');
    const found = JSON.parse(text) as CpuProfile;
    parts.push(partsOf(found, await sourcesOf(found)));
  }
  return sum(parts);
}

/** By the maps that the build puts beside its files. */
async function sourcesOf({ nodes }: CpuProfile): Promise<SourceOf> {
  const maps = new Map<string, SourceMap>();
  for (const url of new Set(nodes.map(({ callFrame }) => callFrame.url))) {
    const map = url.startsWith('file:') && (await readFile(`${fileURLToPath(url)}.map`, 'utf8').catch(() => undefined));
    if (map) maps.set(url, new SourceMap(JSON.parse(map)));
  }
  return ({ url, lineNumber, columnNumber }) => {
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    return entry && 'originalSource' in entry ? entry.originalSource : undefined;
  };
}

function sum(all: readonly Parts[]): Parts {
  const total: Record<string, number> = {};
  for (const [name, ms] of all.flatMap((parts) => Object.entries(parts))) total[name] = (total[name] ?? 0) + ms;
  return total;
}

function mean(rounds: readonly Parts[]): Parts {
  return Object.fromEntries(Object.entries(sum(rounds)).map(([name, ms]) => [name, ms / rounds.length]));
}
