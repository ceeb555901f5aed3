import { createHash } from 'node:crypto';
import { problem } from '../../core/diagnostic.ts';
import { elementAt, elementsAt, formatXml, parseXml, textAt, withChild, withoutChild, type Xml } from './xml.ts';

/** Reads what a template gave, for one of its variants, for a domain that must have this name. */
export function parseDomain(text: string, name?: string, variant?: string): Xml & { readonly domain: string } {
  const xml = parseXml(text, 'domain', variant === undefined ? ['xml'] : ['xml', variant]);
  const defined = textAt(xml, 'name');
  if (!defined || (name !== undefined && defined !== name)) {
    const whose = defined ? `that of domain ${defined}` : 'without a name';
    throw problem('PV5310', `the definition is ${whose}${name === undefined ? '' : `, not of ${name}`}`, {
      argument: ['xml'],
      help: 'write its name into the template: `<name><%= host %></name>`',
    });
  }
  return { ...xml, domain: defined };
}

/** The definition with this uuid, where it names none itself. */
function withUuid(definition: Xml, uuid: string): Xml {
  if (elementAt(definition, 'uuid')) return definition;
  return withChild(definition, { name: 'uuid', attributes: {}, text: uuid, children: [] }, 'name');
}

/**
 * A definition to put in the place of the one that is kept. libvirt would take one without a uuid for another domain,
 * and give an interface without a MAC address a new one.
 */
export function inPlaceOf(definition: Xml, kept: Xml): Xml {
  const uuid = textAt(kept, 'uuid');
  const domain = uuid === undefined ? definition : withUuid(definition, uuid);
  const macs = elementsAt(kept, 'devices/interface').map((item) => elementAt(item, 'mac'));
  let at = -1;
  const keepMac = (device: Xml): Xml => {
    if (device.name !== 'interface') return device;
    at += 1;
    const mac = macs[at];
    return mac && !elementAt(device, 'mac') ? { ...device, children: [mac, ...device.children] } : device;
  };
  const children = domain.children.map((child) =>
    child.name === 'devices' ? { ...child, children: child.children.map(keepMac) } : child,
  );
  return { ...domain, children };
}

/** The uuid says which domain it is, the name only what it is called. */
export function checkSameDomain(name: string, definition: Xml, kept: Xml): void {
  const [wanted, actual] = [definition, kept].map((item) => textAt(item, 'uuid')?.toLowerCase());
  if (wanted === undefined || wanted === actual) return;
  throw problem('PV5306', `there is another domain ${name}: its uuid is ${actual}, not ${wanted}`, {
    argument: ['xml'],
    help: 'give the guest another name, rename the other one (virsh domrename), or give the guest its `uuid` if it is that one',
  });
}

/** A system is started by what its installer put there for the firmware that it saw. */
export function checkSameFirmware(name: string, definition: Xml, kept: Xml): void {
  const [wanted, actual] = [firmwareOf(definition), firmwareOf(kept)];
  if (wanted === actual) return;
  throw problem('PV5325', `${name} has ${actual}, and its template gives it ${wanted}: it would not start any more`, {
    argument: ['xml'],
    ...(elementAt(definition, 'os') ?? definition).at,
    help: `leave its \`firmware\` as it was; \`--reinstall ${name}\` installs it anew with the other one`,
  });
}

/** A loader in flash is UEFI, named by hand or chosen by libvirt. */
function firmwareOf(domain: Xml): 'UEFI' | 'BIOS' {
  const chosen = textAt(domain, 'os/@firmware') === 'efi';
  return chosen || textAt(domain, 'os/loader/@type') === 'pflash' ? 'UEFI' : 'BIOS';
}

/** SHA-256 of what a definition says, however it is written; provision's own notes in it left out. */
export function digestOf(definition: Xml): string {
  return createHash('sha256')
    .update(formatXml(sorted(withoutChild(definition, 'metadata'))))
    .digest('hex');
}

function sorted(element: Xml): Xml {
  const attributes = Object.fromEntries(Object.entries(element.attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...element, attributes, children: element.children.map(sorted) };
}

/** Where the domain's serial console is written to. */
export function serialLogOf(domain: Xml): string | undefined {
  const serial = elementsAt(domain, 'devices/serial').find((item) => textAt(item, '@type') === 'file');
  return serial && textAt(serial, 'source/@path');
}

/** Files and volumes of the domain's disks, media left out. */
export function disksOf(
  domain: Xml,
): readonly { readonly file?: string; readonly pool?: string; readonly volume?: string }[] {
  return elementsAt(domain, 'devices/disk')
    .filter((disk) => (textAt(disk, '@device') ?? 'disk') === 'disk')
    .map((disk) => elementAt(disk, 'source')?.attributes ?? {});
}
