import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, Project } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost } from '../support/lab.ts';

/** Definitions with a bit of everything, in the units and the order that a person might choose. */
const fixture = (kind: string): Promise<string> => readFile(`test/fixtures/definitions/${kind}.xml.ejs`, 'utf8');

const tasks = {
  network: 'libvirt.network: { name: rich, xml: network.xml.ejs }',
  domain: 'libvirt.domain: { xml: domain.xml.ejs, state: defined }',
};

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  await hostExec(hypervisor, ['systemctl', 'is-system-running', '--wait']);
  project = await Project.create();
  for (const [kind, task] of Object.entries(tasks)) {
    await project.writePlaybook(`${kind}.yml`, `- hosts: ${hypervisor}\n  tasks:\n    - ${task}\n`);
    await project.writePlaybook(`${kind}.xml.ejs`, await fixture(kind));
  }
});

afterAll(() => project.remove());

function run(playbooks: readonly string[], ...options: readonly string[]) {
  return project.provision(...playbooks, '-i', project.inventory, ...options);
}

/** Everything that is defined, and what it is defined as. */
async function definitions(): Promise<string> {
  const script = 'virsh list --all; virsh net-list --all; virsh dumpxml --inactive rich; virsh net-dumpxml rich';
  return (await hostExec(hypervisor, ['sh', '-c', script])).stdout;
}

test.each([
  ['network', '<host mac="02:AA', '<hosst mac="02:AA', 'PV5305', 'ip/dhcp/hosst'],
  ['domain', '<mac address="02:33:33:AB', '<macc address="02:33:33:AB', 'PV5305', 'devices/interface/macc'],
  ['domain', 'machine="q35"', 'machine="q36"', 'PV5315', "the machine 'q36' is not supported"],
  ['domain', '<target dev="sda" bus="sata"/>', '<target dev="sda" bus="sd"/>', 'PV5315', 'bus cannot be sd'],
  ['domain', '<cpu mode="maximum"', '<cpu mode="host-passthrough"', 'PV5315', 'cpu/@mode cannot be host-passthrough'],
])('a mistake in the %s (%s) is shown in its line, and nothing is defined', async (kind, right, wrong, code, said) => {
  const text = await fixture(kind);
  await project.writePlaybook(`${kind}.xml.ejs`, text.replace(right, wrong));
  const before = await definitions();
  const line = text.slice(0, text.indexOf(right)).split('\n').length;
  for (const options of [['--check'], []]) {
    const told = await run([`${kind}.yml`], '--output', 'plain', ...options);
    expect(told.stdout + told.stderr).toContain(code);
    expect(told.stdout + told.stderr).toContain(said);
    expect(told.stdout + told.stderr).toMatch(new RegExp(`${kind}\\.xml\\.ejs:${line}:`));
  }
  expect(await definitions()).toBe(before);
  await project.writePlaybook(`${kind}.xml.ejs`, text);
});

test('what libvirt writes in other words is no difference', async () => {
  const made = await run(['network.yml', 'domain.yml'], '--output', 'ndjson');
  expect(ended(made, 'failed', 'unreachable', 'unknown')).toEqual([]);
  const before = await definitions();
  const again = await run(['network.yml', 'domain.yml'], '--output', 'ndjson');
  expect(ended(again, 'changed', 'failed', 'unreachable', 'unknown')).toEqual([]);
  expect(await definitions()).toBe(before);
});
