import type { Step } from '../../core/plan.ts';
import { runVirsh } from './virsh.ts';
import { elementsAt, formatXml, type Xml } from './xml.ts';

/** The part of a network that changes while guests use it: which address each MAC address is given. */
const path = 'ip/dhcp/host';

/** The same network without its reservations. */
export function withoutReservations(network: Xml): Xml {
  const without = (element: Xml, name: string, inside?: (child: Xml) => Xml): Xml => ({
    ...element,
    children: element.children.flatMap((child) => {
      if (child.name !== name) return [child];
      return inside ? [inside(child)] : [];
    }),
  });
  return without(network, 'ip', (ip) => without(ip, 'dhcp', (dhcp) => without(dhcp, 'host')));
}

export interface NetworkViews {
  readonly name: string;
  readonly wanted: Xml;
  /** What it will be when it starts next. */
  readonly config: Xml;
  /** What it is now, where it runs. */
  readonly live?: Xml;
}

/** Adds and changes reservations where they are, without a restart. Those that `wanted` does not name stay. */
export function reservationSteps(views: NetworkViews): readonly Step[] {
  return elementsAt(views.wanted, path).flatMap((host) => {
    const config = changesFor(host, views.config);
    const live = views.live ? changesFor(host, views.live) : [];
    return [...mergeChanges(config, live).values()].map((change) => updateStep(views.name, change));
  });
}

interface Change {
  readonly action: 'add' | 'modify' | 'delete';
  readonly host: Xml;
}

function changesFor(wanted: Xml, network: Xml): readonly Change[] {
  const hosts = elementsAt(network, path);
  const own = hosts.find((host) => sameMac(host, wanted));
  const others = hosts.filter((host) => host !== own && shares(host, wanted));
  const change: readonly Change[] = own
    ? equal(own, wanted)
      ? []
      : [{ action: 'modify', host: wanted }]
    : [{ action: 'add', host: wanted }];
  return [...others.map((host) => ({ action: 'delete', host }) as const), ...change];
}

/** From the reservations of one definition to exactly those of another, without a restart. */
export function exactReservationSteps({ name, wanted, config, live }: NetworkViews): readonly Step[] {
  const flags = live ? ['--live', '--config'] : ['--config'];
  const old = elementsAt(config, path);
  const hosts = elementsAt(wanted, path);
  const gone = old.filter((host) => !hosts.some((other) => sameMac(host, other)));
  const changes = hosts.flatMap((host): readonly Change[] => {
    const same = old.find((other) => sameMac(host, other));
    if (!same) return [{ action: 'add', host }];
    return equal(same, host) ? [] : [{ action: 'modify', host }];
  });
  const all = [...gone.map((host): Change => ({ action: 'delete', host })), ...changes];
  return all.map((change) => updateStep(name, { ...change, flags }));
}

/** The reservations in one order, whichever libvirt has them in. */
export function sortedReservations(network: Xml): string {
  return elementsAt(network, path)
    .map((host) => formatXml(host))
    .sort()
    .join('');
}

function sameMac(a: Xml, b: Xml): boolean {
  return a.attributes.mac?.toLowerCase() === b.attributes.mac?.toLowerCase();
}

/** Two reservations cannot have one address or one name. */
function shares(host: Xml, wanted: Xml): boolean {
  return (['ip', 'name'] as const).some(
    (key) => wanted.attributes[key] !== undefined && wanted.attributes[key] === host.attributes[key],
  );
}

function equal(host: Xml, wanted: Xml): boolean {
  return (['ip', 'name'] as const).every((key) => host.attributes[key] === wanted.attributes[key]);
}

interface PlacedChange extends Change {
  readonly flags: readonly string[];
}

function mergeChanges(config: readonly Change[], live: readonly Change[]): Map<string, PlacedChange> {
  const merged = new Map<string, PlacedChange>();
  const place = (changes: readonly Change[], flag: string): void => {
    for (const change of changes) {
      const key = `${change.action} ${formatXml(change.host)}`;
      merged.set(key, { ...change, flags: [...(merged.get(key)?.flags ?? []), flag] });
    }
  };
  place(live, '--live');
  place(config, '--config');
  return merged;
}

function updateStep(network: string, { action, host, flags }: PlacedChange): Step {
  const { ip = 'an address', name, mac = 'its MAC address' } = host.attributes;
  const whose = name === undefined ? mac : `${name} (${mac})`;
  const title = {
    add: `reserve ${ip} for ${whose} in network ${network}, without disturbing it`,
    modify: `reserve ${ip} for ${whose} in network ${network} from now on, without disturbing it`,
    delete: `give up the reservation of ${ip} for ${whose} in network ${network}`,
  }[action];
  return { title, effect: runVirsh('net-update', network, action, 'ip-dhcp-host', formatXml(host).trim(), ...flags) };
}
