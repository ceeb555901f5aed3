import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Problems } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { renderArguments } from '../../src/engine/arguments.ts';
import { createScope } from '../../src/engine/scope.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook, type Task } from '../../src/load/playbook.ts';
import { findModule, modules } from '../../src/modules/registry.ts';

const golden = new URL('shared-guest/', import.meta.url).pathname;
const updating = process.env.UPDATE_CASES === '1';

/** What the arguments of each task of the example become, a file for each template. */
const rendered: Record<string, string> = {};

function tasksOf(file: string): readonly Task[] {
  const problems = new Problems();
  const playbook = loadPlaybook(file, modules, problems);
  problems.throwIfAny();
  return (playbook?.plays ?? []).flatMap((play) => play.tasks);
}

function argumentsFor(host: string, task: Task): Record<string, unknown> {
  const problems = new Problems();
  const inventory = loadInventory('inventory/hosts.yml', { playbookFolders: ['playbooks'] }, problems);
  problems.throwIfAny();
  const layers = [...(inventory.hosts.get(host)?.layers ?? []), task.vars];
  const secrets = new Secrets();
  const scope = createScope({ inventory, host, layers, data: { item: 'item' }, extra: [], secrets });
  const module = findModule(task.module);
  if (!module) throw new Error(`there is no module ${task.module}`);
  return renderArguments(task, module, scope, { templateFolders: ['templates'], secrets });
}

function argumentsOf(host: string, module: string): Record<string, unknown> {
  const found = tasksOf('playbooks/shared-guest.yml').find((task) => task.module === module);
  if (!found) throw new Error(`the playbook has no task with ${module}`);
  return argumentsFor(host, found);
}

beforeAll(() => {
  process.env.EVEREST_PASSWORD = 'tuna salad';
  const guest = argumentsOf('everest', 'libvirt.guest');
  const xml = guest.xml as Record<string, string>;
  rendered['everest-install.xml'] = xml.install ?? '';
  rendered['everest-installed.xml'] = xml.installed ?? '';
  rendered['everest-preseed.cfg'] = guest.preseed as string;
  rendered['nat.xml'] = argumentsOf('alfa', 'libvirt.network').xml as string;
  rendered['everest-motd'] = argumentsOf('everest', 'file.template').template as string;
  if (!updating) return;
  mkdirSync(golden, { recursive: true });
  for (const [name, text] of Object.entries(rendered)) writeFileSync(golden + name, text);
});

describe('the example inventory makes of the shared-guest playbook', () => {
  it.each(['everest-install.xml', 'everest-installed.xml', 'everest-preseed.cfg', 'nat.xml', 'everest-motd'])(
    '%s',
    (name) => {
      expect(rendered[name]).toBe(readFileSync(golden + name, 'utf8'));
    },
  );

  it('a password that is nowhere to be read', () => {
    expect(Object.values(rendered).join('')).not.toContain('tuna salad');
  });

  it('a guest to be installed, of which a bare host shows every step', () => {
    const steps = findModule('libvirt.guest')?.plan(argumentsOf('everest', 'libvirt.guest'), undefined) ?? [];
    expect(steps.map((step) => step.title)).toEqual([
      'define everest for its installer',
      'see that libvirt kept the whole definition of everest',
      'create volume vms/everest.qcow2 (100 GiB, qcow2)',
      'make a folder for the seed of everest that only root can read',
      'put the seed of everest there as preseed-everest.txt, for 192.168.101.100 alone',
      'serve seeds on 192.168.101.1:2015 until the last installation on network nat is over',
      'start the installer of everest',
      'follow the installation of everest on /tmp/everest-serial0.log',
      'power off the machine of everest, if it is still on',
      'define everest as installed, in the place of its installer',
      'see that libvirt kept the whole definition of everest',
      'start everest from its disk',
      'give SSH of everest 300 s to answer on 192.168.101.100:22',
      'reset everest, once, if it has not answered',
      'wait until SSH of everest answers on 192.168.101.100:22',
      'remove the seed of everest',
      'start everest when its host boots',
    ]);
  });
});
