import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { Problems } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { renderArguments } from '../../src/engine/arguments.ts';
import { createScope } from '../../src/engine/scope.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { libvirtGuest } from '../../src/modules/libvirt/guest.ts';
import type { GuestArgs } from '../../src/modules/libvirt/guest-args.ts';
import { intentOf } from '../../src/modules/libvirt/guest-intent.ts';
import { modules } from '../../src/modules/registry.ts';
import { updating } from '../support/load-cases.ts';

const golden = new URL('other-systems/', import.meta.url).pathname;

/** The arguments that one of the playbook's tasks gives everest. */
function argumentsOf(name: string): GuestArgs {
  process.env.EVEREST_PASSWORD = 'tuna salad';
  const problems = new Problems();
  const playbook = loadPlaybook('test/golden/other-systems.yml', modules, problems);
  const inventory = loadInventory('inventory/hosts.yml', { playbookFolders: ['playbooks'] }, problems);
  problems.throwIfAny();
  const task = playbook?.plays[0]?.tasks.find((one) => one.name === name);
  if (!task) throw new Error(`there is no task ${name}`);
  const secrets = new Secrets();
  const layers = [...(inventory.hosts.get('everest')?.layers ?? []), task.vars];
  const scope = createScope({ inventory, host: 'everest', layers, data: {}, extra: [], secrets });
  return renderArguments(task, libvirtGuest, scope, { templateFolders: ['templates'], secrets }) as GuestArgs;
}

it.each([
  ['kickstart', 'everest.ks', 'file'],
  ['autoinstall', 'user-data', 'nocloud'],
])('a seed for %s is rendered, and reaches its installer', (name, file, form) => {
  const given = argumentsOf(name);
  if (updating) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(golden + file, given.preseed);
  }
  expect(given.preseed).toBe(readFileSync(golden + file, 'utf8'));
  expect(intentOf(given).seed).toMatchObject({ by: 'http', form });
  expect(given.preseed).toContain('PROVISION-HOST-KEY');
  expect(given.preseed).not.toContain('tuna salad');
});

it('a seed for autoinstall is the YAML that it looks like', () => {
  expect(parse(argumentsOf('autoinstall').preseed)).toMatchObject({
    autoinstall: { version: 1, shutdown: 'poweroff', identity: { hostname: 'everest', username: 'tuna' } },
  });
});
