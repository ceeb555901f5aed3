import type { Problems } from '../core/diagnostic.ts';
import type { Located, SecretUse } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Statement } from '../load/playbook.ts';
import { readSecretsFile, secretsPath } from '../load/secrets-file.ts';
import type { Project } from './project.ts';

type Files = Pick<Project, 'inventory' | 'extra'> & Partial<Pick<Project, 'playbooks'>>;

/** Every place of a project's files that names a secret. */
export function secretUses({ playbooks = [], inventory, extra }: Files): readonly SecretUse[] {
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  const documents = new Set<Located | undefined>([
    ...[...inventory.hosts.values()].flatMap(({ layers }) => layers.map(({ document }) => document)),
    ...plays.flatMap(({ vars, varsFiles }) => [vars, ...varsFiles].map(({ document }) => document)),
    ...plays.flatMap(({ tasks, blocks, handlers }) => [...tasks, ...blocks, ...handlers]).flatMap(documentsOf),
    ...extra.map(({ document }) => document),
  ]);
  return [...documents].flatMap((document) => document?.secrets ?? []);
}

/** Where it stands, and where what it sees does: roles have files of variables. */
function documentsOf({ document, defaults, layers }: Statement): readonly (Located | undefined)[] {
  return [document, ...[...defaults, ...layers].map((layer) => layer.document)];
}

/** Tells of secrets that are named and not there; names stand in the clear, so nothing is opened for it. */
export function checkSecretUses(files: Files, problems: Problems): void {
  const uses = secretUses(files);
  if (uses.length === 0) return;
  const path = secretsPath(files.inventory.folder);
  const before = problems.count;
  const file = readSecretsFile(path, problems);
  if (file === undefined && problems.count > before) return;
  for (const { name, at } of uses) {
    if (file?.secrets.has(name)) continue;
    const message = file ? `there is no secret \`${name}\` in ${path}` : `there are no secrets yet: ${path} is missing`;
    const near = file && didYouMean(name, file.secrets.keys());
    const add = `provision secrets set ${name}`;
    problems.add('PV2201', message, {
      at,
      ...(near && { label: near }),
      help: file ? add : `provision secrets init, then ${add}`,
    });
  }
}
