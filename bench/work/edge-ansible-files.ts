import { stringify } from 'yaml';
import { ansibleSetUps, settings } from './ansible-files.ts';
import { checkCommand, dhcpConfig, edgeGuestsOf, edgeHost } from './edge-model.ts';
import type { Files } from './provision-files.ts';

const template = `# Kept by provision: what is changed here by hand is undone by its next run.
authoritative;
ddns-update-style none;
{% for name, net in networks.items() %}

# {{ name }}
subnet {{ net.address }} netmask {{ net.netmask }} {
  option routers {{ net.gateway }};
}
{% endfor %}

{% for guest in groups.guests %}
host {{ guest }} { hardware ethernet {{ hostvars[guest].mac }}; fixed-address {{ hostvars[guest].ip }}; option host-name "{{ guest }}"; }
{% endfor %}
`;

/** The usual way to do it, tuned: one template with its check, one rule a loop item. */
export function edgeAnsibleFiles(guests: number): Files {
  return {
    'tuned.cfg': settings(ansibleSetUps.ansible_tuned),
    'hosts.yml': inventory(guests),
    'edge.yml': playbook(),
    'templates/dhcpd.conf.j2': template,
  };
}

function playbook(): string {
  const file = { src: 'dhcpd.conf.j2', dest: dhcpConfig, mode: '0644', validate: checkCommand };
  const web = { chain: 'FORWARD', protocol: 'tcp', destination_port: '443', jump: 'ACCEPT' };
  const known = { ctstate: 'RELATED,ESTABLISHED', jump: 'ACCEPT' };
  const ssh = { chain: 'INPUT', protocol: 'tcp', destination_port: '22', comment: 'ssh', jump: 'ACCEPT' };
  const tasks = [
    { name: 'reservations', 'ansible.builtin.template': file },
    rule('connections to the host', { chain: 'INPUT', ...known }),
    rule('the host itself', { chain: 'INPUT', in_interface: 'lo', jump: 'ACCEPT' }),
    rule('ssh', ssh),
    rule('connections of guests', { chain: 'FORWARD', ...known }),
    {
      ...rule('guests', { ...web, destination: '{{ hostvars[item].ip }}', comment: '{{ item }}' }),
      loop: '{{ groups.guests }}',
    },
    rule('nothing else to the host', { chain: 'INPUT', policy: 'DROP' }),
    rule('nothing else to guests', { chain: 'FORWARD', policy: 'DROP' }),
  ];
  return stringify([{ hosts: 'edge', gather_facts: false, strategy: 'free', tasks }]);
}

function rule(name: string, iptables: object) {
  return { name, 'ansible.builtin.iptables': iptables };
}

function inventory(count: number): string {
  const lan = { address: '10.0.0.0', netmask: '255.255.0.0', gateway: '10.0.0.1' };
  const guests = edgeGuestsOf(count).map(({ name, ip, mac }) => [name, { ip, mac }]);
  return stringify({
    all: { vars: { networks: { lan } } },
    ungrouped: { hosts: { edge: { ansible_host: edgeHost.address } } },
    guests: { hosts: Object.fromEntries(guests) },
  });
}
