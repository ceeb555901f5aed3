import { stringify } from 'yaml';
import { Problems } from '../core/diagnostic.ts';
import type { Change } from '../engine/changes.ts';
import { puttingBack, restorerOf } from '../engine/put-back.ts';
import { type Playbook, readPlaybook } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import { findModule } from '../modules/registry.ts';

/** Changes that are to be put back, and units that are then to be started anew, as the run did. */
export interface Undoing {
  /** The name of the run. */
  readonly run: string;
  readonly changes: readonly Change[];
  readonly again: readonly Change[];
  readonly overwrites: (change: Change) => boolean;
}

/** What a playbook would say, that nobody has to write, and the modules that it names. */
export interface UndoPlaybook {
  readonly playbook: Playbook;
  readonly modules: (name: string) => AnyModule | undefined;
}

export function undoPlaybook(undoing: Undoing): UndoPlaybook {
  const { run, changes, overwrites } = undoing;
  const kinds = [...new Set(changes.map(({ was }) => restorerOf(was).kind))];
  const own = kinds.map((kind) => puttingBack(kind, changes, overwrites));
  const modules = (name: string): AnyModule | undefined =>
    own.find((module) => module.name === name) ?? findModule(name);
  const service = findModule('systemd.service');
  const plays = [...new Set(changes.map(({ on }) => on))].map((host) => playFor(host, undoing));
  const problems = new Problems();
  const text = stringify(plays);
  const playbook = readPlaybook({ name: `undo ${run}`, text }, [...own, ...(service ? [service] : [])], problems);
  problems.throwIfAny();
  if (!playbook) throw new Error('a playbook without mistakes could not be read');
  return { playbook, modules };
}

function playFor(host: string, { run, changes, again }: Undoing): object {
  const handlers = again.filter(({ on }) => on === host).map(handlerFor);
  const notify = handlers.map(({ name }) => name);
  const tasks = changes.flatMap((change, item) => (change.on === host ? [taskFor(change, item, notify)] : []));
  return { name: `Undo ${run} on ${host}`, hosts: host, tasks, ...(handlers.length > 0 && { handlers }) };
}

function taskFor(change: Change, item: number, notify: readonly string[]): object {
  const restorer = restorerOf(change.was);
  return {
    name: restorer.called(change.was.name),
    ...identity(change),
    [restorer.kind]: { item },
    ...(notify.length > 0 && { notify }),
  };
}

function handlerFor(change: Change) {
  const { name } = change.was;
  const state = change.again ?? 'restarted';
  return { name: `${name} ${state}`, ...identity(change), 'systemd.service': { unit: name, state } };
}

/** As whom the run acted, whatever the inventory says now. */
function identity({ as }: Change): object {
  return as === undefined ? { become: false } : { become: true, become_user: as };
}
