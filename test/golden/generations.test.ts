import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Problems, ProvisionError } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { renderArguments } from '../../src/engine/arguments.ts';
import { holds } from '../../src/engine/condition.ts';
import { createScope } from '../../src/engine/scope.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook, type Task } from '../../src/load/playbook.ts';
import { findModule, modules } from '../../src/modules/registry.ts';
import { scratchFolder } from '../support/transport.ts';

const golden = new URL('generations/', import.meta.url).pathname;
const updating = process.env.UPDATE_CASES === '1';

interface GuestArguments {
  readonly xml: { readonly install: string; readonly installed: string };
  readonly seed: { readonly by: string };
}

/** What the playbook makes of a guest, and whether its hypervisor forwards a port to it. */
function made(guest: string, inventoryFile = `${golden}hosts.yml`) {
  const problems = new Problems();
  const playbook = loadPlaybook('playbooks/shared-guest.yml', modules, problems);
  const inventory = loadInventory(inventoryFile, { playbookFolders: ['playbooks'] }, problems);
  problems.throwIfAny();
  const taskWith = (name: string): Task => {
    const task = playbook?.plays.flatMap(({ tasks }) => tasks).find(({ module }) => module === name);
    if (!task) throw new Error(`the playbook has no task with ${name}`);
    return task;
  };
  const secrets = new Secrets();
  const layers = inventory.hosts.get(guest)?.layers ?? [];
  const scope = createScope({ inventory, host: guest, layers, data: {}, extra: [], secrets });
  const module = findModule('libvirt.guest');
  if (!module) throw new Error('there is no module libvirt.guest');
  const given = renderArguments(taskWith('libvirt.guest'), module, scope, { templateFolders: ['templates'], secrets });
  const task = taskWith('port.forward');
  const forwards = holds(task.when ?? true, scope, task, 'when');
  return { ...(given as unknown as GuestArguments), forwards };
}

describe('both generations of network in one inventory', () => {
  it.each([
    ['everest', { by: 'http', forwards: true }],
    ['k2', { by: 'initrd', forwards: false }],
    ['makalu', { by: 'initrd', forwards: false }],
  ])('%s', (guest, { by, forwards }) => {
    const { xml, seed, forwards: forwarded } = made(guest);
    const file = `${golden}${guest}.xml`;
    if (updating) writeFileSync(file, xml.installed);
    expect(xml.installed).toBe(readFileSync(file, 'utf8'));
    expect(interfaceOf(xml.install)).toBe(interfaceOf(xml.installed));
    expect(seed.by).toBe(by);
    expect(forwarded).toBe(forwards);
  });

  it('a network on the wire without a bridge makes no guest', () => {
    const file = `${scratchFolder()}/hosts.yml`;
    writeFileSync(file, readFileSync(`${golden}hosts.yml`, 'utf8').replace(', bridge: br0', ''));
    expect(() => made('makalu', file)).toThrow(ProvisionError);
    expect(made('k2', file).xml.installed).toContain('<source bridge="br1"/>');
  });
});

function interfaceOf(xml: string): string | undefined {
  return /<interface[\s\S]*<\/interface>/.exec(xml)?.[0];
}
