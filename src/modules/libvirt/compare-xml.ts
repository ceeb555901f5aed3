import { describeBytes } from './capacity.ts';
import type { RenderedPlace, Xml } from './xml.ts';

/** One thing in which two definitions differ; `wanted` or `actual` is missing where the other has it alone. */
export interface XmlDifference {
  /** `devices/interface/model/@type` */
  readonly path: string;
  readonly wanted?: string;
  readonly actual?: string;
  /** The line that a template gave for what is wanted. */
  readonly at?: RenderedPlace;
}

/** In what `actual` differs from what `wanted` names; what `wanted` does not name is libvirt's own affair. */
export function missingFrom(actual: Xml, wanted: Xml): readonly XmlDifference[] {
  return compare(normal(wanted), normal(actual), { path: '', all: false });
}

/** Every difference, whichever side names it. */
export function differencesBetween(wanted: Xml, actual: Xml): readonly XmlDifference[] {
  return compare(normal(wanted), normal(actual), { path: '', all: true });
}

/** `devices/interface/model/@type is virtio, not e1000`. */
export function describeDifference({ path, wanted, actual }: XmlDifference): string {
  if (wanted === undefined) return `${path}${actual ? ` (${inWords(actual)})` : ''} is there, but not wanted`;
  if (actual === undefined) return `${path}${wanted ? ` (${inWords(wanted)})` : ''} is missing`;
  return `${path} is ${inWords(actual)}, not ${inWords(wanted)}`;
}

/** Both sides of the differences, line by line, for `--diff`. */
export function differenceText(differences: readonly XmlDifference[]): {
  readonly before: string;
  readonly after: string;
} {
  const lines = (side: 'wanted' | 'actual'): string =>
    differences.map((item) => `${item.path}: ${inWords(item[side] ?? 'nothing')}\n`).join('');
  return { before: lines('actual'), after: lines('wanted') };
}

/** A value as a person reads it: sizes are compared in bytes. */
export function inWords(value: string): string {
  const size = /^(\d+) bytes$/.exec(value)?.[1];
  return size === undefined ? value || 'empty' : describeBytes(Number(size));
}

interface Place {
  readonly path: string;
  /** Also what only the actual side has. */
  readonly all: boolean;
}

/** Elements whose order means something: the first boot device comes first. */
const ordered: ReadonlySet<string> = new Set(['boot']);

function compare(wanted: Xml, actual: Xml, place: Place): readonly XmlDifference[] {
  const differences: XmlDifference[] = [];
  const say = (path: string, want: string | undefined, have: string | undefined): void =>
    void differences.push({ ...difference(path, want, have), ...(wanted.at && { at: wanted.at }) });
  const attributes = place.all ? { ...actual.attributes, ...wanted.attributes } : wanted.attributes;
  for (const name of Object.keys(attributes)) {
    const [want, have] = [wanted.attributes[name], attributeOf(actual, name)];
    if (!sameValue(name, want, have)) say(`${below(place.path, '@')}${name}`, want, have);
  }
  if (wanted.text !== actual.text && (wanted.text !== '' || place.all)) {
    say(place.path, wanted.text, actual.text);
  }
  const children = place.all ? [...wanted.children, ...actual.children] : wanted.children;
  for (const name of new Set(children.map((child) => child.name))) {
    const named = (list: Xml): readonly Xml[] => list.children.filter((child) => child.name === name);
    differences.push(...compareGroup(named(wanted), named(actual), { ...place, path: below(place.path, name) }));
  }
  return differences;
}

/** libvirt leaves out how many processors are on where that is all of them. */
function attributeOf({ name: element, attributes, text }: Xml, name: string): string | undefined {
  return attributes[name] ?? (element === 'vcpu' && name === 'current' ? text : undefined);
}

function difference(path: string, wanted: string | undefined, actual: string | undefined): XmlDifference {
  return { path, ...(wanted !== undefined && { wanted }), ...(actual !== undefined && { actual }) };
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** Elements of one name: each wanted one is held against the actual one that is most like it. */
function compareGroup(wanted: readonly Xml[], actual: readonly Xml[], place: Place): readonly XmlDifference[] {
  const free = [...actual];
  const take = (other: Xml): void => void free.splice(free.indexOf(other), 1);
  const pairWith = (item: Xml, other: Xml | undefined): readonly XmlDifference[] => {
    if (!other) return [{ path: place.path, wanted: summary(item), ...(item.at && { at: item.at }) }];
    take(other);
    return compare(item, other, place);
  };
  const inOrder = wanted.some(({ name }) => ordered.has(name));
  const unmatched = wanted.filter((item) => {
    const equal = inOrder ? undefined : free.find((other) => compare(item, other, place).length === 0);
    if (equal) take(equal);
    return !equal;
  });
  const likely = (item: Xml): Xml | undefined => {
    const other = inOrder ? free[0] : mostAlike(item, free, place);
    // Of several, one that has nothing in common is another one.
    const several = wanted.length > 1 || actual.length > 1;
    return other && several && !inOrder && compare(item, other, place).length >= leaves(item) ? undefined : other;
  };
  const differences = unmatched.flatMap((item) => pairWith(item, likely(item)));
  const left = place.all ? free.map((other) => ({ path: place.path, actual: summary(other) })) : [];
  return [...differences, ...left];
}

function mostAlike(item: Xml, others: readonly Xml[], place: Place): Xml | undefined {
  const ways = others.map((other) => ({ other, away: compare(item, other, place).length }));
  return ways.sort((a, b) => a.away - b.away)[0]?.other;
}

/** How many things an element says. */
function leaves({ attributes, text, children }: Xml): number {
  const own = Object.keys(attributes).length + (text === '' ? 0 : 1);
  return children.reduce((count, child) => count + leaves(child), own);
}

/** Enough of an element to recognise it. */
function summary({ text, attributes, children }: Xml): string {
  const named = (list: Xml['attributes']): string[] => Object.entries(list).map(([name, value]) => `${name}=${value}`);
  const inside = children.map((child) => [child.name, ...named(child.attributes)].join(' '));
  return [text, ...named(attributes), ...inside]
    .filter((part) => part !== '')
    .slice(0, 3)
    .join(', ');
}

/** A machine type may be named by its alias, which libvirt replaces by a version: `q35` by `pc-q35-7.2`. */
function sameValue(name: string, wanted: string | undefined, actual: string | undefined): boolean {
  if (wanted === actual) return true;
  if (name !== 'machine' || wanted === undefined || actual === undefined) return false;
  const alias = { pc: /^pc-i440fx-/, q35: /^pc-q35-/ }[wanted];
  return alias?.test(actual) ?? false;
}

const bytesIn: Readonly<Record<string, number>> = {
  bytes: 1,
  b: 1,
  ...{ KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};
const memory: ReadonlySet<string> = new Set(['memory', 'currentMemory', 'maxMemory']);

/** The form in which equal things are equal: sizes in bytes, hexadecimal digits of MAC and uuid in small letters. */
function normal(element: Xml): Xml {
  const attributes = { ...element.attributes };
  let { text } = element;
  const unit = attributes.unit ?? (memory.has(element.name) ? 'KiB' : undefined);
  const size = unit === undefined ? undefined : bytesIn[unit];
  if (size !== undefined && /^\d+$/.test(text)) {
    text = `${Number(text) * size} bytes`;
    delete attributes.unit;
  }
  // The one size that is an attribute.
  const share = element.name === 'cell' ? bytesIn[attributes.unit ?? 'KiB'] : undefined;
  if (share !== undefined && attributes.memory !== undefined) {
    attributes.memory = `${Number(attributes.memory) * share} bytes`;
    delete attributes.unit;
  }
  if (element.name === 'uuid') text = text.toLowerCase();
  for (const name of ['mac', 'address'] as const) {
    const value = attributes[name];
    if (value && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value)) attributes[name] = value.toLowerCase();
  }
  return { ...element, attributes, text, children: element.children.map(normal) };
}
