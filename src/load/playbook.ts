import { dirname, resolve } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path, Span } from '../core/source.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { readPlay } from './play.ts';
import { readSource } from './read-source.ts';
import type { VariableLayer } from './variables.ts';
import { parseYaml } from './yaml.ts';

/** A file of plays. */
export interface Playbook {
  /** Path as the user gave it. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly plays: readonly Play[];
}

/** What to do on some hosts. */
export interface Play {
  readonly name: string;
  /** A pattern for `selectHosts`. */
  readonly hosts: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly vars: VariableLayer;
  readonly varsPrompt: readonly VarPrompt[];
  readonly tags: readonly string[];
  readonly tasks: readonly Task[];
  readonly handlers: readonly Task[];
  readonly playbook: Playbook;
  /** Where the play's `hosts` stand. */
  readonly at: Span;
}

/** A variable that is asked for when the run starts. */
export interface VarPrompt {
  readonly name: string;
  readonly prompt: string;
  /** Not shown while it is typed, and masked everywhere. */
  readonly private: boolean;
  readonly default?: unknown;
  readonly at: Span;
}

/** One module with its arguments, and when and how it runs. */
export interface Task {
  /** Falls back to the module's name. */
  readonly name: string;
  readonly module: string;
  /** Raw: may hold `<%= %>`. */
  readonly args: unknown;
  readonly when?: string | boolean;
  readonly loop?: unknown;
  readonly register?: string;
  readonly notify: readonly string[];
  readonly vars: VariableLayer;
  readonly delegateTo?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  /** The play's included. */
  readonly tags: readonly string[];
  readonly runOnce: boolean;
  readonly ignoreErrors: boolean;
  readonly changedWhen?: string | boolean;
  readonly failedWhen?: string | boolean;
  readonly until?: string | boolean;
  /** How many times more it is tried while `until` does not hold. */
  readonly retries: number;
  /** Seconds between two tries. */
  readonly delay: number;
  readonly noLog: boolean;
  /** Further names a handler answers to. */
  readonly listen: readonly string[];
  readonly document: Located;
  /** Of this task in `document`: `document.locate([...path, 'when'])`. */
  readonly path: Path;
}

/** Reads a playbook; every mistake in it goes to `problems`. `undefined` when there is nothing to go on with. */
export function loadPlaybook(file: string, modules: readonly ModuleSchema[], problems: Problems): Playbook | undefined {
  const source = readSource(file, problems, 'provision PLAYBOOK, a file such as playbooks/shared-guest.yml');
  const document = source && parseYaml(source, problems);
  if (!document) return undefined;
  const raw = document.value;
  if (!Array.isArray(raw) || raw.length === 0) {
    const message = raw === null ? 'this playbook is empty' : 'a playbook is a list of plays';
    problems.add('PV1101', message, { at: document.locate([]), help: 'begin with `- hosts: all` and `tasks:`' });
    return undefined;
  }
  const plays: Play[] = [];
  const playbook: Playbook = { name: file, folder: dirname(resolve(file)), plays };
  const context = { document, modules: new Map(modules.map((module) => [module.name, module])), problems, playbook };
  raw.forEach((item, index) => {
    const play = readPlay(item, [index], context);
    if (play) plays.push(play);
  });
  return playbook;
}
