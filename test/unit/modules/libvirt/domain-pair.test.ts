import { describe, expect, it } from 'vitest';
import { ProvisionError } from '../../../../src/core/diagnostic.ts';
import { checkPair } from '../../../../src/modules/libvirt/domain-pair.ts';
import { parseXml } from '../../../../src/modules/libvirt/xml.ts';

const devices = (inside: string) => `<devices>${inside}</devices>`;
const card = '<interface type="network"><mac address="02:33:33:33:33:33"/><model type="virtio"/></interface>';

function refusal(install: string, installed: string): string | undefined {
  const domain = (inside: string) => parseXml(`<domain type="kvm"><name>everest</name>${inside}</domain>`, 'domain');
  try {
    checkPair({ install: domain(install), installed: domain(installed) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.message.replace('the guest would see other hardware after its installation: ', '');
  }
}

describe('the installer and the installed guest may differ in', () => {
  it.each([
    [
      'kernel, initrd, arguments and boot order',
      '<os><type>hvm</type><kernel>/k</kernel><initrd>/i</initrd><cmdline>c</cmdline></os>',
      '<os><type>hvm</type><boot dev="hd"/></os>',
    ],
    ['what happens at a reboot', '<on_reboot>destroy</on_reboot>', '<on_reboot>restart</on_reboot>'],
    [
      'the serial console',
      devices('<serial type="file"><source path="/tmp/x"/></serial>'),
      devices('<serial type="pty"/><console type="pty"/>'),
    ],
    ['a medium', devices('<disk device="cdrom"><target dev="sda" bus="sata"/></disk>'), devices('')],
    [
      'the boot order of a device',
      devices('<interface type="network"><boot order="1"/></interface>'),
      devices('<interface type="network"/>'),
    ],
    [
      'the order in which devices are named',
      devices(`${card}<rng model="virtio"/>`),
      devices(`<rng model="virtio"/>${card}`),
    ],
    ["provision's own notes", '<metadata><x/></metadata>', ''],
  ])('%s', (_, install, installed) => {
    expect(refusal(install, installed)).toBeUndefined();
  });
});

describe('the installer and the installed guest may not differ in', () => {
  it.each([
    ['ACPI, which renames interfaces', '', '<features><acpi/></features>', 'features: nothing for the installer, acpi'],
    [
      'the model of an interface',
      devices(card),
      devices(card.replace('virtio', 'e1000')),
      'devices/interface/model/@type: virtio for the installer, e1000 afterwards',
    ],
    [
      'the MAC address of an interface',
      devices(card),
      devices(card.replace(':33"', ':34"')),
      'devices/interface/mac/@address: 02:33:33:33:33:33 for the installer, 02:33:33:33:33:34 afterwards',
    ],
    [
      'a device',
      devices(card),
      devices(`${card}<rng model="virtio"/>`),
      'devices/rng: nothing for the installer, model=virtio afterwards',
    ],
    [
      'a disk',
      devices('<disk device="disk"><target dev="vda"/></disk>'),
      devices(''),
      'devices/disk: device=disk, target dev=vda for the installer, nothing afterwards',
    ],
    [
      'memory',
      '<memory unit="MiB">1024</memory>',
      '<memory unit="MiB">4096</memory>',
      'memory: 1 GiB for the installer, 4 GiB afterwards',
    ],
    [
      'the machine',
      '<os><type machine="pc">hvm</type></os>',
      '<os><type machine="q35">hvm</type></os>',
      'os/type/@machine: pc for the installer, q35 afterwards',
    ],
  ])('%s', (_, install, installed, message) => {
    expect(refusal(install, installed)).toContain(message);
  });
});

it('a disk with the seed may go, and no other', () => {
  const disk = (file: string) =>
    `<disk type="file" device="disk"><source file="${file}"/><target dev="vdz" bus="virtio"/></disk>`;
  const domain = (inside: string) => parseXml(`<domain type="kvm"><name>everest</name>${inside}</domain>`, 'domain');
  const pair = { install: domain(devices(`${card}${disk('/data/iso/seed.iso')}`)), installed: domain(devices(card)) };
  expect(() => checkPair(pair, '/data/iso/seed.iso')).not.toThrow();
  expect(() => checkPair(pair, '/data/iso/other.iso')).toThrow('devices/disk');
});
