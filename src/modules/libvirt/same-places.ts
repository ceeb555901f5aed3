import { missingFrom } from './compare-xml.ts';
import { keyOf } from './domain-changes.ts';
import { elementAt, elementsAt, textAt, type Xml } from './xml.ts';

/**
 * The definition with each device in the PCI slot that it has now. libvirt deals the slots out anew to a definition that
 * names none, so a further disk could push an interface into another slot, where the guest calls it by another name.
 */
export function inSamePlaces(wanted: Xml, kept: Xml): Xml {
  const machine = missingFrom(kept, wanted).some(({ path }) => path === 'os/type/@machine');
  if (machine) return wanted;
  const children = wanted.children.map((child) => (child.name === 'devices' ? placed(child, kept) : child));
  return { ...wanted, children };
}

/** Devices that libvirt adds of its own accord, which take slots as well. */
const unasked = ['controller', 'memballoon'] as const;

function placed(devices: Xml, kept: Xml): Xml {
  const free = [...(elementAt(kept, 'devices')?.children ?? [])];
  const inPlace = devices.children.map((device) => {
    const at = free.findIndex((other) => isSameDevice(device, other));
    const [same] = at < 0 ? [] : free.splice(at, 1);
    const slot = same && elementsAt(same, 'address').find((item) => textAt(item, '@type') === 'pci');
    if (!slot || elementAt(device, 'address')) return device;
    return { ...device, children: [...device.children, slot] };
  });
  const added = unasked
    .filter((name) => !elementAt(devices, name))
    .flatMap((name) => elementsAt(kept, `devices/${name}`))
    .filter((device) => elementAt(device, 'address'));
  return { ...devices, children: [...inPlace, ...added] };
}

function isSameDevice(wanted: Xml, kept: Xml): boolean {
  if (wanted.name !== kept.name || keyOf(wanted) !== keyOf(kept)) return false;
  const says = (path: string): boolean => [undefined, textAt(kept, path)].includes(textAt(wanted, path));
  return says('@type') && says('@model') && says('target/@bus');
}
