import { readFile, rm } from 'node:fs/promises';
import { stringify } from 'yaml';
import { packageRoot } from '../../src/lab/package-root.ts';
import { provision } from '../contenders/contenders.ts';
import { workFolder } from '../rig/names.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';

const folder = `${workFolder}/render`;
const made = `${folder}/made`;
export const guestCount = 1000;

const dhcpd = `<%# Each guest of this hypervisor has a fixed address. -%>
subnet 10.0.0.0 netmask 255.255.0.0 {
  option routers <%= network_address %>;
<% for (const guest of guests) { -%>
  host <%= guest.name %> {
    hardware ethernet <%= guest.mac %>;
    fixed-address <%= guest.ip %>;
  }
<% } -%>
}
`;

/** One hypervisor, this machine, with 1,000 guests: one definition of its network and one of its DHCP server. */
export const renderWork: Work = {
  contenders: ['provision'],
  phases: ['converge', 'nochange'],
  prepare: async () =>
    writeFiles(folder, {
      'inventory/hosts.yml': inventory(),
      'site.yml': playbook(),
      'templates/dhcpd.conf.ejs': dhcpd,
      'templates/network.xml.ejs': await readFile(`${packageRoot}templates/network.xml.ejs`, 'utf8'),
    }),
  command: () => ({ argv: [...provision, 'site.yml'], folder }),
  reset: () => rm(made, { recursive: true, force: true }),
  verify: async () => {
    const texts = await Promise.all(['dhcpd.conf', 'network.xml'].map((name) => readFile(`${made}/${name}`, 'utf8')));
    const counts = texts.map((text) => text.match(/^ +<?host /gm)?.length ?? 0);
    if (counts.some((count) => count !== guestCount)) throw new Error(`not every guest is in it: ${counts.join(', ')}`);
    return `${guestCount} guests twice`;
  },
};

function playbook(): string {
  const file = (template: string, path: string) => ({
    name: path,
    'file.template': { template, path: `${made}/${path}`, mode: '0644' },
  });
  const tasks = [
    { name: 'folder', 'file.directory': { path: made } },
    file('dhcpd.conf.ejs', 'dhcpd.conf'),
    file('network.xml.ejs', 'network.xml'),
  ];
  return stringify([{ name: 'definitions', hosts: 'alfa', tasks }]);
}

function inventory(): string {
  const network = { network_name: 'nat', network_address: '10.0.0.1', network_prefix: 16 };
  const range = { dhcp_start: '10.0.0.2', dhcp_end: '10.0.255.254' };
  const alfa = { ...network, ...range, ssh: { connection: 'local' } };
  const guests = Array.from({ length: guestCount }, (_, index) => guest(index));
  return stringify({ hypervisors: { hosts: { alfa } }, guests: { hosts: Object.fromEntries(guests) } });
}

function guest(index: number) {
  const bytes = [1 + (index >> 8), index & 255];
  const mac = ['02', '33', '33', '33', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
  return [`guest${index}`, { hypervisor: 'alfa', ip: `10.0.${bytes.join('.')}`, mac }] as const;
}
