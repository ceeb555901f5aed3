import { describe, expect, test } from 'vitest';
import { admits } from '../../../../src/modules/firewall/accept-rule.ts';

const login = { from: '192.0.2.7', to: '198.51.100.1', port: 22 };

describe('a login is let in by', () => {
  test.each([
    [{}],
    [{ protocol: 'tcp' }],
    [{ protocol: 'TCP', source: '192.0.2.0/24', destination: '198.51.100.1', destination_port: 22 }],
    [{ protocol: 'tcp', source: '192.0.2.7', destination_port: '80,1:1024' }],
  ])('%j', (rule) => expect(admits({ chain: 'INPUT', ...rule }, login)).toBe(true));
});

describe('a login is not let in by', () => {
  test.each([
    [{ chain: 'FORWARD' as const }],
    [{ protocol: 'udp' }],
    [{ source: '192.0.2.8' }],
    [{ source: '2001:db8::/32' }],
    [{ destination: '198.51.100.2' }],
    [{ protocol: 'tcp', destination_port: '80,443,2222:2230' }],
    // By which interface it came nobody has asked.
    [{ protocol: 'tcp', in_interface: 'eth0' }],
  ])('%j', (rule) => expect(admits({ chain: 'INPUT', ...rule }, login)).toBe(false));
});
