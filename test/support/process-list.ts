import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What everybody can see of processes while something goes on: their arguments. */
export interface SeenProcesses {
  /** Of every process that was met, in the hosts' namespaces and here. */
  readonly arguments: string;
  readonly rounds: number;
}

const sampler = `
const { readdirSync, readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const seen = new Set();
const stop = new Int32Array(workerData);
let rounds = 0;
while (Atomics.load(stop, 0) === 0) {
  rounds += 1;
  for (const pid of readdirSync('/proc')) {
    if (!(pid > 0)) continue;
    try { seen.add(readFileSync('/proc/' + pid + '/cmdline', 'latin1')); } catch {}
  }
}
parentPort.postMessage({ arguments: [...seen].join('\\n'), rounds });
`;

/** Looks at the process list of this machine, in which the hosts of the lab are, as fast as it can while work goes on. */
export async function watchProcesses<T>(work: () => Promise<T>): Promise<{ result: T; seen: SeenProcesses }> {
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(sampler, { eval: true, workerData: stop });
  const seen = new Promise<SeenProcesses>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  try {
    return { result: await work(), seen: await stopped(stop, seen) };
  } finally {
    Atomics.store(new Int32Array(stop), 0, 1);
    await worker.terminate();
  }
}

async function stopped(stop: SharedArrayBuffer, seen: Promise<SeenProcesses>): Promise<SeenProcesses> {
  Atomics.store(new Int32Array(stop), 0, 1);
  return seen;
}

/** Every program that what a process of ours starts ever was, with all arguments, not one missed; by `strace`. */
export async function tracePrograms<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; programs: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-trace-'));
  const log = join(folder, 'log');
  const tracer = spawn('strace', ['-f', '-e', 'trace=execve', '-s', '100000', '-x', '-o', log, '-p', String(pid)]);
  try {
    await attached(tracer);
    const result = await work();
    tracer.kill('SIGINT');
    await new Promise((resolve) => tracer.once('close', resolve));
    return { result, programs: await readFile(log, 'utf8') };
  } finally {
    tracer.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

function attached(tracer: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    tracer.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/attached/.test(said)) resolve();
    });
    tracer.once('close', () => reject(new Error(`strace did not attach: ${said}`)));
  });
}

/** The SSH server among the processes of a host, in this machine's numbers. */
export function sshServerOf(host: { readonly pid?: number }): number {
  const namespace = readlinkSync(`/proc/${host.pid}/ns/pid`);
  const found = readdirSync('/proc').find((id) => {
    try {
      const isOfHost = readlinkSync(`/proc/${id}/ns/pid`) === namespace;
      return isOfHost && /sshd.*(listener|-D)/.test(readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('the host has no SSH server');
  return Number(found);
}
