import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, truncate } from 'node:fs/promises';
import { execute } from '../src/lab/execute.ts';
import type { Command } from './contenders/contenders.ts';
import { sampleMemory } from './rig/memory.ts';
import { controllerNamespace, homeFolder, programFolder } from './rig/names.ts';
import type { Rig } from './rig/rig.ts';
import type { Row } from './row.ts';

export type Figures = Omit<Row, 'contender' | 'work' | 'phase' | 'hosts' | 'rtt' | 'round'>;

export interface Measurement {
  readonly exit: number;
  readonly figures: Figures;
}

/** A hung contender must not hang the whole benchmark. */
const patienceMs = 900_000;

/** Runs a command as the controller, its output into a file, and counts what it costs on both sides. */
export async function measure(rig: Rig, command: Command, logFile: string): Promise<Measurement> {
  const first = rig.hosts[0];
  if (first) await truncate(first.log);
  const before = await counters(rig);
  const memory = sampleMemory(rig.controllerGroup);
  const { exit, wall } = await run(
    [...rig.controllerGroup.words(), ...inController, ...command.argv],
    command,
    logFile,
  );
  const pss_mb = memory.stop();
  const after = await counters(rig);
  // What keeps connections open would make the next run's login cheaper.
  await rig.controllerGroup.end();
  const log = first ? await readFile(first.log, 'utf8') : '';
  return {
    exit,
    figures: {
      wall: round(wall),
      cpu_controller: round(after.controller - before.controller),
      cpu_hosts: round(after.hosts - before.hosts),
      pss_mb,
      logins: count(log, /Accepted publickey/g),
      channels: count(log, /Starting session/g),
      bytes_out: after.sent - before.sent,
      bytes_in: after.received - before.received,
    },
  };
}

/** Not `ip netns exec`, which mounts things first: these milliseconds would make everybody look alike. */
const inController = ['nsenter', `--net=/run/netns/${controllerNamespace}`];

function run(argv: readonly string[], { folder, environment }: Command, logFile: string) {
  const [program = '', ...words] = argv;
  const log = openSync(logFile, 'w');
  const path = `${programFolder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const env = { HOME: homeFolder, PATH: path, LANG: 'C.UTF-8', ...environment };
  const start = performance.now();
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', log, log], timeout: patienceMs });
  closeSync(log);
  return new Promise<{ readonly exit: number; readonly wall: number }>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve({ exit: code ?? 255, wall: (performance.now() - start) / 1000 }));
  });
}

async function counters(rig: Rig) {
  const interfaces = await execute([...inController, 'cat', '/proc/net/dev']);
  const fields = /eth0:\s*(.*)/.exec(interfaces)?.[1]?.split(/\s+/).map(Number) ?? [];
  return {
    controller: rig.controllerGroup.cpuSeconds(),
    hosts: rig.hostsGroup.cpuSeconds(),
    received: fields[0] ?? 0,
    sent: fields[8] ?? 0,
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
