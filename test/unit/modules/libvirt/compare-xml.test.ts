import { describe, expect, it } from 'vitest';
import { describeDifference, differencesBetween, missingFrom } from '../../../../src/modules/libvirt/compare-xml.ts';
import { parseXml } from '../../../../src/modules/libvirt/xml.ts';

const xml = (inside: string) => parseXml(`<domain>${inside}</domain>`, 'domain');
const missing = (wanted: string, actual: string) => missingFrom(xml(actual), xml(wanted)).map(describeDifference);
const between = (wanted: string, actual: string) =>
  differencesBetween(xml(wanted), xml(actual)).map(describeDifference);

describe('what a definition names is there', () => {
  it.each([
    ['libvirt adds elements', '<vcpu>2</vcpu>', '<vcpu placement="static">2</vcpu><clock offset="utc"/>'],
    ['a size in another unit', '<memory unit="MiB">4096</memory>', '<memory unit="KiB">4194304</memory>'],
    ['a size without a unit, which is KiB', '<memory>1024</memory>', '<memory unit="MiB">1</memory>'],
    ['a machine by its alias', '<type machine="q35">hvm</type>', '<type arch="x86_64" machine="pc-q35-7.2">hvm</type>'],
    ['a MAC address in capital letters', '<mac address="02:AB:33:33:33:33"/>', '<mac address="02:ab:33:33:33:33"/>'],
    ['a uuid in capital letters', '<uuid>6695EB01-F6A4</uuid>', '<uuid>6695eb01-f6a4</uuid>'],
    ['devices in another order', '<d><a x="1"/><a x="2"/></d>', '<d><a x="2"/><a x="1"/></d>'],
    ['the memory of a node', '<cell id="0" memory="1" unit="GiB"/>', '<cell id="0" memory="1048576" unit="KiB"/>'],
    ['line breaks and blanks', '<name>\n  everest\n</name>', '<name>everest</name>'],
    [
      'another prefix makes no difference to text',
      '<cmdline>a &amp; b</cmdline>',
      '<cmdline><![CDATA[a & b]]></cmdline>',
    ],
  ])('%s', (_, wanted, actual) => {
    expect(missing(wanted, actual)).toEqual([]);
  });

  it.each([
    ['an attribute', '<model type="virtio"/>', '<model type="e1000"/>', ['model/@type is e1000, not virtio']],
    ['a missing attribute', '<d cache="none"/>', '<d/>', ['d/@cache (none) is missing']],
    ['a text', '<vcpu>4</vcpu>', '<vcpu>2</vcpu>', ['vcpu is 2, not 4']],
    [
      'a size, in words',
      '<memory unit="MiB">8192</memory>',
      '<memory unit="KiB">4194304</memory>',
      ['memory is 4 GiB, not 8 GiB'],
    ],
    [
      'a misspelt element that was dropped',
      '<i><macc address="02:33"/></i>',
      '<i><mac address="52:54"/></i>',
      ['i/macc (address=02:33) is missing'],
    ],
    [
      'one of several devices',
      '<disk><t dev="vda"/></disk><disk><t dev="vdb"/></disk>',
      '<disk><t dev="vda"/></disk>',
      ['disk (t dev=vdb) is missing'],
    ],
    [
      'one of several that has nothing in common with the others',
      '<host ip="1" name="a"/><host ip="2" name="b"/>',
      '<host ip="1" name="a"/><host ip="3" name="c"/>',
      ['host (ip=2, name=b) is missing'],
    ],
    [
      'the order of boot devices',
      '<boot dev="hd"/><boot dev="network"/>',
      '<boot dev="network"/><boot dev="hd"/>',
      ['boot/@dev is network, not hd', 'boot/@dev is hd, not network'],
    ],
    [
      'a machine of another kind',
      '<type machine="q35"/>',
      '<type machine="pc-i440fx-7.2"/>',
      ['type/@machine is pc-i440fx-7.2, not q35'],
    ],
  ])('%s differs', (_, wanted, actual, differences) => {
    expect(missing(wanted, actual)).toEqual(differences);
  });

  it('holds each device against the one that is most like it', () => {
    const wanted = '<disk><s file="/a"/><t dev="vda"/></disk><disk><s file="/b"/><t dev="vdb"/></disk>';
    const actual = '<disk><s file="/c"/><t dev="vdb"/></disk><disk><s file="/a"/><t dev="vda"/></disk>';
    expect(missing(wanted, actual)).toEqual(['disk/s/@file is /c, not /b']);
  });
});

it('tells of what only the other side has where everything counts', () => {
  expect(between('<d/>', '<d x="1"><e y="2"/></d>')).toEqual([
    'd/@x (1) is there, but not wanted',
    'd/e (y=2) is there, but not wanted',
  ]);
});
