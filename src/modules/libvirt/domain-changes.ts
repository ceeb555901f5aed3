import { describeDifference, missingFrom, type XmlDifference } from './compare-xml.ts';
import { elementAt, elementsAt, textAt, type Xml } from './xml.ts';

/** When a change of its definition reaches a running domain: at once, when its system boots anyway, by a restart only. */
export type Reach = 'live' | 'next boot' | 'restart';

export interface Change extends XmlDifference {
  readonly reach: Reach;
  /** The disk or interface that it is about, as it is wanted. */
  readonly device?: Xml;
}

type Difference = Omit<Change, 'reach'>;

/** In what `actual` differs from `wanted`, and when each of it reaches the domain that runs as `running` says. */
export function changesOf(wanted: Xml, actual: Xml, running: Xml): readonly Change[] {
  const others = missingFrom(withoutPlugged(actual), withoutPlugged(wanted));
  const differences: readonly Difference[] = [
    ...others.filter(({ path }) => !path.startsWith('metadata/')),
    ...plugged.flatMap((kind) => differencesOfKind(kind, wanted, actual)),
  ];
  return differences
    .filter((difference) => !isLibvirtsOwn(difference, wanted))
    .map((difference) => ({ ...difference, reach: reachOf(difference, running) }));
}

/** `restart: memory is 4 GiB, not 8 GiB`. */
export function describeChange(change: Change): string {
  return `${change.reach}: ${describeDifference(change)}`;
}

/** Devices that come and go while a domain runs, and by what one is known again. */
const plugged = ['disk', 'interface'] as const;
type Plugged = (typeof plugged)[number];
const keyPath = { disk: 'target/@dev', interface: 'mac/@address' } as const;

/** `vdb` of a disk, the MAC address of an interface. */
export function keyOf(device: Xml): string | undefined {
  const kind = plugged.find((name) => name === device.name);
  return kind && textAt(device, keyPath[kind])?.toLowerCase();
}

function isPlugged(device: Xml): boolean {
  const medium = device.name === 'disk' && (textAt(device, '@device') ?? 'disk') !== 'disk';
  return !medium && keyOf(device) !== undefined;
}

function withoutPlugged(domain: Xml): Xml {
  const children = domain.children.map((child) =>
    child.name === 'devices' ? { ...child, children: child.children.filter((device) => !isPlugged(device)) } : child,
  );
  return { ...domain, children };
}

function differencesOfKind(kind: Plugged, wanted: Xml, actual: Xml): readonly Difference[] {
  const path = `devices/${kind}`;
  const devicesOf = (domain: Xml): readonly Xml[] => elementsAt(domain, path).filter(isPlugged);
  const find = (devices: readonly Xml[], like: Xml): Xml | undefined =>
    devices.find((device) => keyOf(device) === keyOf(like));
  const [wants, has] = [devicesOf(wanted), devicesOf(actual)];
  const surplus = has.filter((device) => !find(wants, device));
  return [
    ...wants.flatMap((device): readonly Difference[] => {
      const there = find(has, device);
      if (!there) return [{ path, wanted: keyOf(device) ?? '', device }];
      return missingFrom(there, device).map((item) => ({ ...item, path: `${path}/${item.path}`, device }));
    }),
    ...surplus.map((device) => ({ path, actual: keyOf(device) ?? '' })),
  ];
}

/** A running domain shows what libvirt made of a definition: its own processor, the bridge behind a network, a port. */
function isLibvirtsOwn({ path, actual, wanted: value, device }: Difference, wanted: Xml): boolean {
  const mode = textAt(wanted, 'cpu/@mode');
  if (path === 'cpu/@mode') return actual === 'custom' && (mode === 'host-model' || mode === 'maximum');
  if (path === 'devices/interface/@type') return value === 'network' && device !== undefined && actual === 'bridge';
  return path === 'devices/graphics/@port' && value === '-1';
}

/** What a system only looks at while it boots, or that only matters once it is off. */
const atBoot = /^(os\/(?!type)|on_(reboot|poweroff|crash)|devices\/graphics|devices\/(disk|interface)\/boot)/;
/** What libvirt can change in an interface without taking it away. */
const rewired = /^devices\/interface\/(source\/@(network|bridge)|link(\/@state)?)$/;

function reachOf(difference: Difference, running: Xml): Reach {
  const { path, device } = difference;
  if (path === 'title' || path === 'description') return 'live';
  if (path === 'currentMemory') return fitsMemory(difference, running) ? 'live' : 'restart';
  if (path === 'vcpu/@current') return moreProcessors(difference, running) ? 'live' : 'restart';
  if (atBoot.test(path)) return 'next boot';
  if (device && path === `devices/${device.name}`) return takesOneMore(running, device) ? 'live' : 'restart';
  return rewired.test(path) ? 'live' : 'restart';
}

/** libvirt shows the memory of a running domain in KiB, `missingFrom` in bytes. */
function fitsMemory({ wanted = '' }: Difference, running: Xml): boolean {
  return Number.parseInt(wanted, 10) <= Number(textAt(running, 'memory')) * 1024;
}

/** Taking processors away needs the consent of the system within, so only more of them come live. */
function moreProcessors({ wanted = '' }: Difference, running: Xml): boolean {
  const limit = Number(textAt(running, 'vcpu'));
  const now = Number(textAt(running, 'vcpu/@current') ?? limit);
  return now < Number(wanted) && Number(wanted) <= limit;
}

/** On PCI Express a device is plugged into a port of its own, and a running domain gets no further ports. */
function takesOneMore(running: Xml, device: Xml): boolean {
  const bus = textAt(device, 'target/@bus');
  if (device.name === 'disk' && bus !== 'virtio') return false;
  if (!textAt(running, 'os/type/@machine')?.includes('q35')) return true;
  const used = new Set(
    (elementAt(running, 'devices')?.children ?? []).map((item) => Number(textAt(item, 'address/@bus') ?? 0)),
  );
  return elementsAt(running, 'devices/controller').some(
    (item) => textAt(item, '@model') === 'pcie-root-port' && !used.has(Number(textAt(item, '@index'))),
  );
}
