import { expect } from 'vitest';
import { ended, type Finished, type Project, tallies } from './cli.ts';
import { hypervisor } from './guest-login.ts';
import { standInPort } from './stand-in.ts';

export const guest = '192.168.101.100';
export const publicAddress = '198.51.100.10';

/** A port of the host is named, and the guest's SSH. */
export const edge = [
  `firewall.policy: { rules: [{ protocol: tcp, destination_port: ${standInPort} },
          { chain: FORWARD, protocol: tcp, destination: ${guest}, destination_port: 22 }] }`,
  `nat.one_to_one: { interface: eth0,
          pairs: [{ public: ${publicAddress}, private: ${guest}, guest: everest, accept: policy }] }`,
];

export const withoutEdge = ['firewall.policy: { state: absent }', 'nat.one_to_one: { pairs: [] }'];

export function forward(settings: string): string {
  return `port.forward: { guest: everest, to: ${guest}, to_port: 22, ${settings} }`;
}

/** One run of these tasks on the host. */
export async function run(
  project: Project,
  tasks: readonly string[],
  ...options: readonly string[]
): Promise<Finished> {
  const list = tasks.map((task) => `    - ${task}\n`).join('');
  const path = await project.writePlaybook('site.yml', `- hosts: ${hypervisor}\n  tasks:\n${list}`);
  return project.provision(path, '-i', project.inventory, ...options);
}

/** The same where it must go well, and how many of them changed something. */
export async function changesBy(project: Project, tasks: readonly string[]): Promise<number | undefined> {
  const finished = await run(project, tasks, '--output', 'ndjson');
  expect(ended(finished, 'failed', 'unknown', 'unreachable')).toEqual([]);
  expect(finished.exit, finished.stderr).toBe(0);
  return tallies(finished)[hypervisor]?.changed;
}
