import { Problems } from '../core/diagnostic.ts';
import { Secrets } from '../core/secret.ts';
import type { Passwords } from '../engine/connection-settings.ts';
import { type Inventory, loadInventory } from '../load/inventory.ts';
import { parseExtraVars, type VariableLayer } from '../load/variables.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { terminalAsking } from './ask.ts';
import { hideInFailures } from './failure.ts';
import { knownHostsOf } from './known-hosts-of.ts';
import { openSecrets } from './open-secrets.ts';
import { askPasswords } from './passwords.ts';
import { printWarnings } from './print-warnings.ts';
import { checkSecretUses } from './secret-uses.ts';

export interface InventoryOptions {
  readonly inventory: readonly string[];
  readonly 'extra-vars': readonly string[];
  readonly identity: string | undefined;
  readonly quiet?: boolean;
  readonly 'ask-pass'?: boolean;
  readonly 'ask-become-pass'?: boolean;
}

/** All that it takes to log in to the hosts of an inventory. */
export interface OpenInventory {
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly knownHosts: KnownHosts;
}

/** For verbs without a playbook. */
export async function openInventory(options: InventoryOptions): Promise<OpenInventory> {
  const problems = new Problems();
  const inventory = loadInventory(options.inventory, { playbookFolders: [] }, problems);
  const extra = parseExtraVars(options['extra-vars'], problems);
  checkSecretUses({ inventory, extra }, problems);
  problems.throwIfAny();
  if (!options.quiet) printWarnings(problems.warnings);
  const secrets = new Secrets();
  hideInFailures(secrets);
  const asking = terminalAsking();
  await openSecrets({ inventory, extra }, secrets, { file: options.identity, environment: process.env, asking });
  const wanted = { ssh: options['ask-pass'] ?? false, become: options['ask-become-pass'] ?? false };
  const passwords = await askPasswords(wanted, { secrets, asking });
  return { inventory, extra, secrets, passwords, knownHosts: knownHostsOf(inventory) };
}
