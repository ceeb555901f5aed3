import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { Problems } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { renderArguments } from '../../src/engine/arguments.ts';
import { createScope } from '../../src/engine/scope.ts';
import { pastInstallation } from '../../src/installer/past-installation.ts';
import { seedFiles } from '../../src/installer/seed.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { libvirtGuest } from '../../src/modules/libvirt/guest.ts';
import type { GuestArgs } from '../../src/modules/libvirt/guest-args.ts';
import { endOf } from '../../src/modules/libvirt/guest-installation.ts';
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

it('a cloud image is told who it is on a disk, and shows the guest the same hardware afterwards', () => {
  const given = argumentsOf('cloud image');
  const intent = intentOf(given);
  const seed = seedFiles('nocloud', 'everest', intent.answers);
  const files: Readonly<Record<string, string>> = { ...seed, 'domain.xml': given.xml.install };
  for (const [name, text] of Object.entries(files)) {
    const file = `${golden}cloud-${name}`;
    if (updating) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
    expect(text).not.toContain('tuna salad');
  }
  expect(intent).toMatchObject({ seed: { by: 'disk', file: '/data/iso/everest-seed.iso' }, image: { as: 'copy' } });
  expect(given.preseed).toMatch(/^#cloud-config\n/);
  expect(parse(given.preseed)).toMatchObject({ hostname: 'everest', users: [{ name: 'tuna', lock_passwd: false }] });
  expect(parse(files['network-config'] ?? '')).toMatchObject({ version: 2, ethernets: { primary: { dhcp4: true } } });
});

it.each([
  ['kickstart', 'anaconda-installed.txt', 'anaconda-error-then-power-off.txt'],
  ['autoinstall', 'subiquity-installed.txt', 'subiquity-apt-failed.txt'],
  ['cloud image', 'cloud-init-finished.txt', 'cloud-init-without-seed.txt'],
])('the console of a guest by %s tells when it is done, and when it failed', (name, good, bad) => {
  const end = endOf(intentOf(argumentsOf(name)));
  const consoleOf = (file: string) => readFileSync(new URL(`../installer/${file}`, import.meta.url), 'utf8');
  expect(pastInstallation(consoleOf(good), end)).toEqual({ kind: 'done' });
  expect(pastInstallation(consoleOf(bad), end)).toMatchObject({ kind: 'failed' });
});
