import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { packageRoot } from '../../src/lab/package-root.ts';
import { privateKeyFile } from '../rig/names.ts';
import { checkCommand, dhcpConfig, edgeGuestsOf, edgeHost } from './edge-model.ts';
import type { Files } from './provision-files.ts';

/** The package's own template and variables, as a user would take them for this work. */
const taken = {
  'templates/dhcpd.conf.ejs': 'templates/dhcpd.conf.ejs',
  'group_vars/all/dhcp-server.yml': 'playbooks/group_vars/all/dhcp-server.yml',
  'group_vars/all/firewall.yml': 'playbooks/group_vars/all/firewall.yml',
};

export async function edgeProvisionFiles(guests: number, hostKey: string): Promise<Files> {
  const files = Object.entries(taken).map(async ([name, from]) => [name, await readFile(packageRoot + from, 'utf8')]);
  return {
    ...Object.fromEntries(await Promise.all(files)),
    'inventory/hosts.yml': inventory(guests, hostKey),
    'edge.yml': playbook(),
  };
}

/** `file.template`, since `dhcpd.config` would start the server, for which the host has no service manager. */
function playbook(): string {
  const file = { template: 'dhcpd.conf.ejs', path: dhcpConfig, mode: '0644', validate: checkCommand };
  const rules = '<%= firewall_rules.concat(firewall_guest_rules) %>';
  const tasks = [
    { name: 'reservations', 'file.template': file },
    { name: 'policy', 'firewall.policy': { rules } },
  ];
  return stringify([{ name: 'edge', hosts: 'firewalls', tasks }]);
}

function inventory(count: number, hostKey: string): string {
  const ssh = { host: edgeHost.address, user: 'root', private_key_file: privateKeyFile, host_key: hostKey };
  const lan = { kind: 'bridged', subnet: '10.0.0.0/16', gateway: '10.0.0.1', interface: 'eth0' };
  const guests = edgeGuestsOf(count).map(({ name, ip, mac }) => [name, { ip, mac }]);
  return stringify({
    all: { vars: { networks: { lan } } },
    firewalls: {
      vars: { firewall_rules: [{ protocol: 'tcp', destination_port: 22, comment: 'ssh' }] },
      hosts: { edge: { ssh } },
    },
    dhcp_servers: { hosts: { edge: {} } },
    hypervisors: { hosts: { alfa: {} } },
    guests: {
      vars: { hypervisor: 'alfa', network: 'lan', accept: [{ protocol: 'tcp', destination_port: 443 }] },
      hosts: Object.fromEntries(guests),
    },
  });
}
