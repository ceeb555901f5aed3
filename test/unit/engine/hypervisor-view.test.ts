import { expect, test } from 'vitest';
import type { Look, Output } from '../../../src/core/plan.ts';
import { viewHypervisor } from '../../../src/engine/hypervisor-view.ts';
import { closedPorts } from '../../../src/engine/verify-closed.ts';
import { verifyLease } from '../../../src/engine/verify-guest.ts';

/** As virsh 9 and 11 and ss wrote them on a Debian. */
const networks = `<network connections='1'>
  <name>nat</name>
  <ip address='192.168.101.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.101.2' end='192.168.101.254'/>
      <host mac='02:33:33:33:33:33' name='everest' ip='192.168.101.100'/>
      <host mac='02:33:33:33:33:34' name='lhotse' ip='192.168.101.101'/>
      <host mac='02:33:33:33:33:35' name='nuptse' ip='192.168.101.102'/>
    </dhcp>
  </ip>
</network>

 Expiry Time           MAC address         Protocol   IP address           Hostname   Client ID or DUID
-----------------------------------------------------------------------------------------------------------
 2026-11-22 04:09:10   02:33:33:33:33:33   ipv4       192.168.101.100/24   everest    01:02:33:33:33:33:33
 2026-11-22 04:09:10   02:33:33:33:33:34   ipv4       192.168.101.77/24    lhotse     -
`;
const sockets = `LISTEN 0      128          0.0.0.0:22        0.0.0.0:*
LISTEN 0      32     192.168.101.1:53        0.0.0.0:*
LISTEN 0      5          127.0.0.1:631       0.0.0.0:*
LISTEN 0      128             [::]:22           [::]:*
LISTEN 0      5              [::1]:631          [::]:*
LISTEN 0      64                 *:9090            *:*
`;
const files: Readonly<Record<string, string>> = {
  '/etc/provision/firewall/port-forward.v4':
    '# Ports\n#forward {"guest":"everest","name":"tcp-22","protocol":"tcp","host_port":10022,"to":"192.168.101.100","to_port":22}\n*nat\n',
  '/etc/provision/firewall/policy.v4':
    '-A PROVISION-INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A PROVISION-INPUT -p tcp -m multiport --dports 80,5900:5999 -j ACCEPT\n',
};

const output = (stdout: string): Output => ({ exit: 0, stdout, stderr: '' });
const look = {
  query: async (argv: readonly string[]) => output(argv[0] === 'ss' ? sockets : networks),
  readText: async (path: string) => files[path],
} as unknown as Look;

const guest = (ip: string, mac: string) => ({
  name: 'everest',
  ip,
  mac,
  ssh: { name: 'everest', host: 'alfa', port: 10022 },
});

test.each([
  ['is as planned', '192.168.101.100', '02:33:33:33:33:33', 'ok', '192.168.101.100 is leased to 02:33:33:33:33:33'],
  ['however the MAC address is written', '192.168.101.100', '02:33:33:33:33:33'.toUpperCase(), 'ok', 'is leased to'],
  ['is another', '192.168.101.101', '02:33:33:33:33:34', 'failed', 'was given 192.168.101.77, not 192.168.101.101'],
  ['is not there', '192.168.101.102', '02:33:33:33:33:35', 'failed', 'has not asked for it'],
  ['is kept for another address', '192.168.101.9', '02:33:33:33:33:33', 'failed', '192.168.101.100 is reserved'],
  ["is nobody's", '192.168.101.103', '02:33:33:33:33:36', 'skipped', 'no network of its hypervisor knows'],
] as const)('a lease that %s', async (_title, ip, mac, status, message) => {
  const found = verifyLease(guest(ip, mac), await viewHypervisor(look));
  expect(found.status).toBe(status);
  expect(found.message).toContain(message);
});

test('ports to be closed: what is listened on there, nothing that is forwarded or named by a rule', async () => {
  const view = await viewHypervisor(look);
  expect(view.listening).toEqual([{ port: 22 }, { address: '192.168.101.1', port: 53 }, { port: 22 }, { port: 9090 }]);
  expect(closedPorts(view, 'alfa')).toEqual({ heard: [9090], silent: [23, 111, 2015, 16509] });
  expect(closedPorts(view, '192.168.101.1').heard).toEqual([53, 9090]);
  expect(closedPorts({ ...view, listening: [{ port: 10022 }] }, 'alfa').heard).toEqual([]);
});
