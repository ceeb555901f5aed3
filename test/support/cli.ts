import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { Status, Tally } from '../../src/core/outcome.ts';
import { testLab } from './lab.ts';

const main = resolve('dist/cli/main.js');
const playbook = resolve('playbooks/shared-guest.yml');

/** One line of `--output ndjson`, with what the tests look at. */
export interface PrintedEvent {
  readonly event: string;
  readonly host?: string;
  readonly task?: string;
  readonly module?: string;
  readonly status?: Status;
  readonly message?: string;
  readonly code?: string;
  readonly phase?: string;
  readonly percent?: number;
  readonly hosts?: Readonly<Record<string, Tally>>;
}

export interface Finished {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly PrintedEvent[];
}

/** A folder of a user's own: an inventory, and whatever runs leave there. */
export class Project {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** With the inventory that the test lab wrote. */
  static async create(): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), 'provision-project-')));
    await cp(testLab.inventory, project.inventory);
    return project;
  }

  get inventory(): string {
    return join(this.folder, 'hosts.yml');
  }

  get knownHosts(): string {
    return join(this.folder, 'known_hosts');
  }

  /** Sets values of the inventory as a person's editor would, the rest left as it is; `undefined` removes one. */
  async edit(values: readonly (readonly [path: readonly string[], value: unknown])[]): Promise<void> {
    const document = parseDocument(await readFile(this.inventory, 'utf8'));
    for (const [path, value] of values) {
      if (value === undefined) document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
    }
    await writeFile(this.inventory, document.toString());
  }

  /** What the inventory says at a path. */
  async value(path: readonly string[]): Promise<unknown> {
    return parseDocument(await readFile(this.inventory, 'utf8')).getIn(path);
  }

  /** `provision playbooks/shared-guest.yml`, NDJSON, no questions. */
  run(...options: readonly string[]): Promise<Finished> {
    return this.provision(playbook, '-i', this.inventory, '-y', '--output', 'ndjson', ...options);
  }

  provision(...argv: readonly string[]): Promise<Finished> {
    return this.start(argv).finished;
  }

  start(argv: readonly string[]): { readonly child: ChildProcess; readonly finished: Promise<Finished> } {
    const child = spawn(process.execPath, [main, ...argv], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => stdout.push(data));
    child.stderr.on('data', (data: Buffer) => stderr.push(data));
    const finished = new Promise<Finished>((settle) => {
      child.on('close', (exit) => {
        const text = Buffer.concat(stdout).toString();
        settle({ exit, stdout: text, stderr: Buffer.concat(stderr).toString(), events: eventsIn(text) });
      });
    });
    return { child, finished };
  }

  async writePlaybook(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

function eventsIn(text: string): PrintedEvent[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line) => JSON.parse(line) as PrintedEvent);
}

/** The ends of tasks with a status, as `host: task: message`. */
export function ended(finished: Finished, ...statuses: readonly Status[]): readonly string[] {
  return finished.events
    .filter((event) => event.event === 'task.end' && event.status !== undefined && statuses.includes(event.status))
    .map((event) => `${event.host}: ${event.task}: ${event.code ?? ''} ${event.message ?? ''}`);
}

/** How often each status came per host, from `run.end`. */
export function tallies(finished: Finished): Readonly<Record<string, Tally>> {
  return finished.events.find((event) => event.event === 'run.end')?.hosts ?? {};
}
