import { elementsAt, textAt, type Xml } from './xml.ts';

/** A part of a network that libvirt changes while guests use it. */
export interface Section {
  /** Names of the elements that lead to its own; what is below `ip` is there once for each address. */
  readonly path: readonly [string, ...string[]];
  /** What `virsh net-update` calls it. */
  readonly name: string;
  /** Attributes by any of which an element takes the place of another. */
  readonly rivals: readonly string[];
  /** By any of these it is the same one, changed; none: libvirt can only take it away and add it anew. */
  readonly same: readonly string[];
  /** A template that names one of them names them all. */
  readonly whole?: true;
}

export const sections: readonly Section[] = [
  { path: ['ip', 'dhcp', 'range'], name: 'ip-dhcp-range', rivals: [], same: [], whole: true },
  { path: ['ip', 'dhcp', 'host'], name: 'ip-dhcp-host', rivals: ['mac', 'id', 'ip', 'name'], same: ['mac', 'id'] },
  { path: ['dns', 'host'], name: 'dns-host', rivals: ['ip'], same: [] },
  { path: ['dns', 'txt'], name: 'dns-txt', rivals: ['name'], same: [] },
  { path: ['dns', 'srv'], name: 'dns-srv', rivals: [], same: [] },
  { path: ['portgroup'], name: 'portgroup', rivals: ['name'], same: ['name'] },
];

/** Whether two elements have one of these attributes in common. */
export function share(attributes: readonly string[], one: Xml, other: Xml): boolean {
  return attributes.some((name) => {
    const [a, b] = [one, other].map((item) => textAt(item, `@${name}`)?.toLowerCase());
    return a !== undefined && a === b;
  });
}

/** Elements of a section: one list for each address of the network, or a single one. */
export function groupsOf(network: Xml, { path: [first, ...inner] }: Section): readonly (readonly Xml[])[] {
  if (first !== 'ip') return [elementsAt(network, [first, ...inner].join('/'))];
  return elementsAt(network, 'ip').map((ip) => elementsAt(ip, inner.join('/')));
}

type Regroup = (items: readonly Xml[], at: number) => readonly Xml[];

/** The network with other elements in a section; what is empty without them goes as well. */
export function regrouped(network: Xml, { path: [first, ...inner] }: Section, regroup: Regroup): Xml {
  if (first !== 'ip') return replaced(network, [first, ...inner], (items) => regroup(items, 0));
  let at = -1;
  const children = network.children.map((child) => {
    if (child.name !== 'ip') return child;
    at += 1;
    const own = at;
    return replaced(child, inner, (items) => regroup(items, own));
  });
  return { ...network, children };
}

function replaced(
  element: Xml,
  [name, ...deeper]: readonly string[],
  change: (items: readonly Xml[]) => readonly Xml[],
): Xml {
  const { children } = element;
  if (deeper.length > 0) {
    const inside = children.map((child) => (child.name === name ? replaced(child, deeper, change) : child));
    return { ...element, children: inside.filter((child) => child.name !== name || !isEmpty(child)) };
  }
  const items = children.filter((child) => child.name === name);
  const before = children.slice(0, children.findIndex((child) => child.name === name) + 1 || children.length + 1);
  const others = (list: readonly Xml[]): readonly Xml[] => list.filter((child) => child.name !== name);
  return { ...element, children: [...others(before), ...change(items), ...others(children.slice(before.length))] };
}

function isEmpty({ attributes, text, children }: Xml): boolean {
  return Object.keys(attributes).length === 0 && text === '' && children.length === 0;
}
