import { existsSync, readFileSync } from 'node:fs';
import type { SourceText } from '../core/source.ts';
import { digestOfText } from '../engine/file-digest.ts';
import type { Play, Statement } from '../load/playbook.ts';
import { secretsPath } from '../load/secrets-file.ts';
import type { VariableLayer } from '../load/variables.ts';
import type { Project } from './project.ts';
import { secretUses } from './secret-uses.ts';

/** What a run was made from: the user's files by name, each with a digest of what it says. */
export function sourceFiles(project: Project): Readonly<Record<string, string>> {
  const sources = [...sourcesOf(project)].filter(({ name }) => name !== '--extra-vars');
  const read = sources.map(({ name, text }) => [name, digestOfText(text)] as const);
  const own = project.playbooks.map(({ name }) => [name, digestOfFile(name)] as const);
  const groups = JSON.stringify([...project.inventory.groups.values()]);
  return {
    ...Object.fromEntries([...own, ...read, ...secretsOf(project)]),
    'groups of the inventory': digestOfText(groups),
  };
}

function sourcesOf({ playbooks, inventory, extra }: Project): ReadonlySet<SourceText> {
  const sources = new Set<SourceText>();
  const addLayers = (layers: readonly VariableLayer[]): void => {
    for (const { document } of layers) if (document) sources.add(document.source);
  };
  for (const play of playbooks.flatMap(({ plays }) => plays)) {
    sources.add(play.at.source);
    addLayers([play.vars, ...play.varsFiles]);
    for (const statement of statementsOf(play)) {
      sources.add(statement.document.source);
      addLayers([...statement.defaults, ...statement.layers]);
    }
  }
  for (const { at, layers } of inventory.hosts.values()) {
    sources.add(at.source);
    addLayers(layers);
  }
  addLayers(extra);
  return sources;
}

function statementsOf({ tasks, handlers, blocks }: Play): readonly Statement[] {
  return [...tasks, ...handlers, ...blocks];
}

function secretsOf(project: Project): readonly (readonly [string, string])[] {
  const path = secretsPath(project.inventory.folder);
  return secretUses(project).length > 0 && existsSync(path) ? [[path, digestOfFile(path)]] : [];
}

function digestOfFile(path: string): string {
  return digestOfText(readFileSync(path, 'utf8'));
}
