import { describe, expect, it } from 'vitest';
import { addressText, parseAddress, parseRange, parseSubnet, subnetText } from '../../../src/core/ip-address.ts';

describe('addresses', () => {
  it.each([
    ['0.0.0.0', 0n],
    ['192.168.101.100', 0xc0a86564n],
    ['255.255.255.255', 0xffffffffn],
    ['::', 0n],
    ['2001:db8::1', 0x20010db8000000000000000000000001n],
  ])('%s is a number, and back', (text, number) => {
    const address = parseAddress(text);
    expect(address?.number).toBe(number);
    expect(address && addressText(address)).toBe(text);
  });

  it.each([
    ['2001:DB8:0:0::0001', '2001:db8::1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('%s has one short form: %s', (text, short) => {
    const address = parseAddress(text);
    expect(address && addressText(address)).toBe(short);
  });

  it.each(['', '192.168.101', '192.168.101.300', '192.168.101.07', '192.168.101.1/24', ' 10.0.0.1', 'alfa'])(
    '`%s` is none',
    (text) => expect(parseAddress(text)).toBeUndefined(),
  );
});

describe('subnets', () => {
  it.each([
    ['192.168.101.7/24', '192.168.101.0/24', 256n],
    ['10.0.0.0/8', '10.0.0.0/8', 16777216n],
    ['192.0.2.1/32', '192.0.2.1/32', 1n],
    ['1.2.3.4/0', '0.0.0.0/0', 4294967296n],
    ['2001:db8::9/64', '2001:db8::/64', 18446744073709551616n],
  ])('%s is %s and holds %s addresses', (text, canonical, size) => {
    const subnet = parseSubnet(text);
    expect(subnet && subnetText(subnet)).toBe(canonical);
    expect(subnet && subnet.last - subnet.first + 1n).toBe(size);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', '2001:db8::/129'])(
    '`%s` is none',
    (text) => expect(parseSubnet(text)).toBeUndefined(),
  );
});

describe('ranges', () => {
  it.each([
    ['10.0.0.1-10.0.0.3', 3n],
    ['10.0.0.255-10.0.1.0', 2n],
    ['10.0.0.1', 1n],
    ['fd00::1-fd00::ff', 255n],
  ])('%s has %s addresses', (text, size) => {
    const range = parseRange(text);
    expect(range && range.last - range.first + 1n).toBe(size);
  });

  it.each(['10.0.0.3-10.0.0.1', '10.0.0.1-3', '10.0.0.1-10.0.0.2-10.0.0.3', '10.0.0.1-fd00::1', '10.0.0.1 - 10.0.0.3'])(
    '`%s` is none',
    (text) => expect(parseRange(text)).toBeUndefined(),
  );
});
