import { describe, expect, test } from 'vitest';
import { ruleSpec } from '../../../src/modules/rule-spec.ts';
import { joinWords, type RuleParts, ruleWords, splitWords } from '../../../src/modules/rule-words.ts';

/** What a playbook says, and how iptables 1.8.9 lists it; the nft and the legacy back end wrote the same lines. */
const listed: readonly (readonly [RuleParts, string])[] = [
  [
    {
      in_interface: 'eth0',
      protocol: 'tcp',
      destination_port: 10022,
      jump: 'DNAT',
      to_destination: '192.168.101.100:22',
      comment: 'DNAT rule for ssh service of everest',
    },
    '-i eth0 -p tcp -m tcp --dport 10022 -m comment --comment "DNAT rule for ssh service of everest" -j DNAT --to-destination 192.168.101.100:22',
  ],
  [
    {
      in_interface: 'eth0',
      destination: '192.168.101.100',
      protocol: 'tcp',
      destination_port: 22,
      jump: 'ACCEPT',
      comment: `it's "q" \\ $x`,
    },
    `-d 192.168.101.100/32 -i eth0 -p tcp -m tcp --dport 22 -m comment --comment "it\\'s \\"q\\" \\\\ $x" -j ACCEPT`,
  ],
  [{ ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' }, '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
  [
    { protocol: '6', source: '10.1.2.3/255.0.0.0', destination_port: '! 80', jump: 'REJECT' },
    '-s 10.0.0.0/8 -p tcp -m tcp ! --dport 80 -j REJECT --reject-with icmp-port-unreachable',
  ],
  [
    { protocol: 'udp', source_port: '1024:', destination_port: '53', jump: 'DROP', in_interface: '! lo' },
    '! -i lo -p udp -m udp --sport 1024:65535 --dport 53 -j DROP',
  ],
  [
    { protocol: 'tcp', destination_port: '8000:8010,80,443', jump: 'ACCEPT' },
    '-p tcp -m multiport --dports 80,443,8000:8010 -j ACCEPT',
  ],
  [
    { protocol: '! tcp', source: '! 10.0.0.0/8', jump: 'ACCEPT', comment: '-x' },
    '! -s 10.0.0.0/8 ! -p tcp -m comment --comment -x -j ACCEPT',
  ],
  [
    { match: ['-m mac --mac-source 02:33:33:33:33:AB', '-m limit --limit 5/sec'], jump: 'ACCEPT' },
    '-m mac --mac-source 02:33:33:33:33:ab -m limit --limit 5/sec -j ACCEPT',
  ],
  [{ protocol: 'all', source: '0.0.0.0/0', jump: 'RETURN' }, '-j RETURN'],
  [{ match: ['-p tcp', '--syn'], jump: 'DROP' }, '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
  [{ match: ['-m state --state NEW'], jump: 'ACCEPT' }, '-m state --state NEW -j ACCEPT'],
  [
    {
      source: '192.168.101.0/24',
      destination: '! 192.168.101.0/24',
      protocol: 'tcp',
      jump: 'MASQUERADE',
      to_ports: '1024-65535',
    },
    '-s 192.168.101.0/24 ! -d 192.168.101.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535',
  ],
];

describe('a rule has one form, however it is written', () => {
  test.each(listed)('%j is found as it is listed', (parts, line) => {
    expect(ruleSpec(ruleWords(parts), 4).key).toBe(ruleSpec(splitWords(line), 4).key);
  });

  test.each([
    [{ source: '2001:DB8::1:0/64', protocol: 'icmpv6', jump: 'ACCEPT' }, '-s 2001:db8::/64 -p ipv6-icmp -j ACCEPT'],
    [
      { source: '! ::ffff:1.2.3.4', jump: 'REJECT' },
      '! -s ::ffff:1.2.3.4/128 -j REJECT --reject-with icmp6-port-unreachable',
    ],
  ])('%j is found as ip6tables lists it', (parts, line) => {
    expect(ruleSpec(ruleWords(parts), 6).key).toBe(ruleSpec(splitWords(line), 6).key);
  });

  test.each([
    ['-p tcp -m tcp --dport 22 -j ACCEPT', '-p tcp -m tcp ! --dport 22 -j ACCEPT'],
    ['-p tcp -m tcp --dport 22 -j ACCEPT', '-p tcp -m tcp --sport 22 -j ACCEPT'],
    ['-p tcp -m tcp --dport 22 -j ACCEPT', '-p udp -m udp --dport 22 -j ACCEPT'],
    ['-s 10.0.0.0/8 -j DROP', '-s 10.0.0.0/9 -j DROP'],
    ['-i eth0 -j DROP', '-i eth1 -j DROP'],
    ['-m socket -j DROP', '-j DROP'],
    ['-m comment --comment a -j DROP', '-m comment --comment b -j DROP'],
    ['-j DNAT --to-destination 10.0.0.1:22', '-j DNAT --to-destination 10.0.0.1:23'],
    ['! -i + -j DROP', '-j DROP'],
  ])('%s is not %s', (one, other) => {
    expect(ruleSpec(splitWords(one), 4).key).not.toBe(ruleSpec(splitWords(other), 4).key);
  });

  test.each([...listed])('%j survives iptables-restore', (parts) => {
    expect(splitWords(joinWords(ruleWords(parts)))).toEqual(ruleWords(parts));
  });
});
