import { stringify } from 'yaml';
import { provision } from '../contenders/contenders.ts';
import { nodeProgram, workFolder } from '../rig/names.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';

const folder = `${workFolder}/inventory`;
const groupCount = 200;
export const inventoryHosts = 10_000;

const commands: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': [nodeProgram, '-e', '0'],
  'provision validate': [...provision, 'validate', 'site.yml'],
  'provision inventory --list': [...provision, 'inventory', '--list'],
  'provision inventory --graph': [...provision, 'inventory', '--graph'],
};

/** An inventory of 10,000 hosts in 200 groups. */
export const inventoryWork: Work = {
  contenders: Object.keys(commands),
  phases: ['run'],
  prepare: () => {
    const task = { name: 'motd', 'file.content': { path: '/etc/motd', content: '<%= host %>, <%= rack %>\n' } };
    const playbook = stringify([{ name: 'all of them', hosts: 'all', tasks: [task] }]);
    return writeFiles(folder, { 'inventory/hosts.yml': inventory(), 'site.yml': playbook });
  },
  command: (name) => ({ argv: commands[name] ?? [], folder }),
};

function inventory(): string {
  const perGroup = inventoryHosts / groupCount;
  const group = (index: number) => [
    `rack${index}`,
    { vars: { rack: `rack ${index}` }, hosts: hostsOf(index, perGroup) },
  ];
  return stringify(Object.fromEntries(Array.from({ length: groupCount }, (_, index) => group(index))));
}

function hostsOf(group: number, count: number): object {
  const host = (index: number) => {
    const address = `10.${group}.${index >> 8}.${index & 255}`;
    return [`node${group * count + index}`, { ip: address, ssh: { host: address, user: 'root', port: 22 } }];
  };
  return Object.fromEntries(Array.from({ length: count }, (_, index) => host(index)));
}
