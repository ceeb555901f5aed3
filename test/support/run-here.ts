import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../src/cli/load-project.ts';
import { type Diagnostic, Problems } from '../../src/core/diagnostic.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { Secrets } from '../../src/core/secret.ts';
import type { Change } from '../../src/engine/changes.ts';
import { lookAtChanges } from '../../src/engine/look-at-changes.ts';
import type { RunRequest } from '../../src/engine/request.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook, type Playbook } from '../../src/load/playbook.ts';
import { parseExtraVars } from '../../src/load/variables.ts';
import { findModule, modules } from '../../src/modules/registry.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';

/** Two hosts that are this machine, each with a variable of its own, and one that nobody answers for. */
const inventory = `
here:
  hosts:
    alfa: { size: 1, ssh: { connection: local } }
    bravo: { size: 2, ssh: { connection: local } }
gone:
  hosts:
    nobody: { ssh: { host: 127.0.0.1, port: 9, user: root } }
`;

export interface HereOptions
  extends Partial<
    Pick<
      RunRequest,
      | 'check'
      | 'diff'
      | 'tags'
      | 'skipTags'
      | 'limit'
      | 'confirm'
      | 'ask'
      | 'startAt'
      | 'step'
      | 'readAhead'
      | 'forks'
      | 'lockFolder'
      | 'emit'
      | 'journalFolder'
      | 'debtFolder'
      | 'modules'
      | 'made'
      | 'resumed'
      | 'prompted'
    >
  > {
  readonly extra?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface HereRun {
  readonly exit: number;
  readonly events: readonly RunEvent[];
  /** `host task status` of every task that ended, in the order of events per host. */
  readonly lines: readonly string[];
}

/** Runs a playbook's text on this machine; `FOLDER` in it stands for a folder of its own. */
export class Here {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(hosts = inventory): Promise<Here> {
    const folder = await mkdtemp(join(tmpdir(), 'provision-here-'));
    await writeFile(join(folder, 'hosts.yml'), hosts);
    return new Here(folder);
  }

  /** One that `create` has made, in another process. */
  static at(folder: string): Here {
    return new Here(folder);
  }

  /** All that is found without running it: what is doubtful; throws what is wrong. */
  check(playbookText: string): readonly Diagnostic[] {
    const file = join(this.folder, 'site.yml');
    writeFileSync(file, playbookText.replaceAll('FOLDER', this.folder));
    return loadProject({ playbooks: [file], inventory: join(this.folder, 'hosts.yml') }).warnings;
  }

  async run(playbookText: string, options: HereOptions = {}): Promise<HereRun> {
    const file = join(this.folder, 'site.yml');
    await writeFile(file, playbookText.replaceAll('FOLDER', this.folder));
    const problems = new Problems();
    const playbook = loadPlaybook(file, modules, problems);
    problems.throwIfAny();
    return this.play(playbook, options);
  }

  /** The inventory of `hosts.yml`, as every run finds it. */
  private inventory(problems = new Problems()) {
    const loaded = loadInventory(join(this.folder, 'hosts.yml'), { playbookFolders: [this.folder] }, problems);
    problems.throwIfAny();
    return loaded;
  }

  /** How things are that a run has changed. */
  lookAt(changes: readonly Change[], overwrites: (change: Change) => boolean) {
    return lookAtChanges(changes, {
      inventory: this.inventory(),
      extra: [],
      secrets: new Secrets(),
      knownHosts: new KnownHosts({ project: join(this.folder, 'known_hosts'), user: [] }),
      passwords: {},
      signal: new AbortController().signal,
      forks: 10,
      overwrites,
    });
  }

  async play(playbook: Playbook | undefined, options: HereOptions = {}): Promise<HereRun> {
    const problems = new Problems();
    const loaded = this.inventory(problems);
    const extra = parseExtraVars(options.extra ?? [], problems);
    problems.throwIfAny();
    const events: RunEvent[] = [];
    const exit = await run({
      playbooks: playbook ? [playbook] : [],
      inventory: loaded,
      extra,
      prompted: options.prompted ?? [],
      ...(options.made && { made: options.made }),
      ...(options.resumed && { resumed: options.resumed }),
      modules: options.modules ?? findModule,
      tags: options.tags ?? [],
      skipTags: options.skipTags ?? [],
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(options.startAt !== undefined && { startAt: options.startAt }),
      ...(options.step && { step: options.step }),
      ...(options.readAhead !== undefined && { readAhead: options.readAhead }),
      check: options.check ?? false,
      diff: options.diff ?? false,
      forks: options.forks ?? 10,
      confirm: options.confirm ?? (() => Promise.resolve(true)),
      ask: options.ask ?? (() => Promise.resolve(undefined)),
      emit: (event) => {
        events.push(event);
        options.emit?.(event);
      },
      secrets: new Secrets(),
      knownHosts: new KnownHosts({ project: join(this.folder, 'known_hosts'), user: [] }),
      // Tests run side by side, and this machine has one lock.
      lockFolder: options.lockFolder ?? (() => join(this.folder, 'lock')),
      passwords: {},
      ...(options.journalFolder !== undefined && { journalFolder: options.journalFolder }),
      ...(options.debtFolder !== undefined && { debtFolder: options.debtFolder }),
      signal: options.signal ?? new AbortController().signal,
    });
    return { exit, events, lines: linesOf(events) };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

function linesOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.event === 'task.end' ? [`${event.host} ${event.task} ${event.status}`] : []));
}
