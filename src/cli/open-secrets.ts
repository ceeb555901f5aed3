import { Problems } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import { openSecret, openSecretsFile } from '../load/secret-store.ts';
import { readSecretsFile, secretsPath } from '../load/secrets-file.ts';
import { type IdentitySource, readIdentities } from './identity.ts';
import type { Project } from './project.ts';
import { secretUses } from './secret-uses.ts';

/**
 * Opens the secrets that the files name, and no others; where they name none, nobody is asked for an identity.
 * @throws ProvisionError PV22xx where one cannot be opened
 */
export async function openSecrets(
  files: Pick<Project, 'inventory' | 'extra'> & Partial<Pick<Project, 'playbooks'>>,
  secrets: Secrets,
  source: IdentitySource,
): Promise<void> {
  const names = new Set(secretUses(files).map(({ name }) => name));
  if (names.size === 0) return;
  const problems = new Problems();
  const file = readSecretsFile(secretsPath(files.inventory.folder), problems);
  problems.throwIfAny();
  if (!file) return;
  const identities = await readIdentities(source);
  for (const identity of identities) secrets.add(identity);
  const open = await openSecretsFile(file, identities);
  for (const name of names) secrets.learn(name, await openSecret(open, name));
}
