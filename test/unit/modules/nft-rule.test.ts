import { expect, test } from 'vitest';
import { nftRule } from '../../../src/modules/nft-rule.ts';
import { splitWords } from '../../../src/modules/rule-words.ts';

const rule = (text: string, version: 4 | 6 = 4): string => nftRule(splitWords(text), version);
const matches = (text: string, version?: 4 | 6): string => rule(text, version).split(' counter ')[0] ?? '';

test.each([
  ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'ct state established,related'],
  ['-d 192.168.101.100 -m conntrack --ctstate DNAT -j ACCEPT', 'ip daddr 192.168.101.100/32 ct status dnat'],
  ['-s 192.168.101.100/32 -o eth0 -j SNAT --to-source 203.0.113.10', 'ip saddr 192.168.101.100/32 oifname "eth0"'],
  [
    '-s 10.0.0.0/8 -d 10.0.0.9 -p udp -m conntrack --ctstate DNAT -j MASQUERADE',
    'meta l4proto udp ip saddr 10.0.0.0/8 ip daddr 10.0.0.9/32 ct status dnat',
  ],
  ['-i br+ -p tcp -m tcp --dport 1000:2000 -j ACCEPT', 'meta l4proto tcp iifname "br*" th dport 1000-2000'],
  ['-p udp -m multiport --dports 53,67:68 -j ACCEPT', 'meta l4proto udp th dport { 53, 67-68 }'],
])('what %s matches', (iptables, nft) => {
  expect(matches(iptables)).toBe(nft);
});

test.each([
  ['ACCEPT', 'counter accept'],
  ['MASQUERADE', 'counter masquerade'],
  ['SNAT --to-source 203.0.113.10', 'counter snat to 203.0.113.10'],
])('what %s does', (iptables, nft) => {
  expect(rule(`-p tcp -j ${iptables}`)).toMatch(new RegExp(`^meta l4proto tcp ${nft} comment "#[0-9a-f]{8}"$`));
});

test('addresses are of the family of their table', () => {
  expect(matches('-s 2001:DB8::/32 -p icmpv6 -j ACCEPT', 6)).toBe('meta l4proto ipv6-icmp ip6 saddr 2001:db8::/32');
});

test('the comment fits, and tells rules apart that say the same of themselves', () => {
  const comment = (port: number) => {
    const text = rule(`-p tcp --dport ${port} -m comment --comment "a \\"Zoë\\" ${'x'.repeat(200)}" -j ACCEPT`);
    return / comment "([^"]*)"$/.exec(text)?.[1] ?? '';
  };
  expect(comment(22)).toMatch(/^a \?Zo\?\? x+ #[0-9a-f]{8}$/);
  expect(comment(22).length).toBeLessThan(128);
  expect(comment(22)).not.toBe(comment(23));
});

test('a word without a translation is no rule for nft', () => {
  expect(() => rule('-m mac --mac-source 02:00:00:00:00:01 -j ACCEPT')).toThrow('no translation to nft');
});
