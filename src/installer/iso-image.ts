/** A file in the root folder of an image. */
export interface ImageFile {
  readonly name: string;
  readonly content: string;
}

const sector = 2048;
/** Sectors 0 to 15 are the system's; then come two descriptors, two path tables and the root folder. */
const places = { descriptor: 16, end: 17, pathTable: 18, pathTableBig: 19, root: 20, files: 21 } as const;
const rootOnly = { file: 0o100600, folder: 0o040500 } as const;

/**
 * A file system of ISO 9660 with these files, for root alone. It holds them by their real names as Rock Ridge does: what
 * the standard allows for a name is too little for `user-data`. The same files always make the same image.
 */
export function isoImage(label: string, files: readonly ImageFile[]): Uint8Array {
  const bodies = files.map(({ content }) => padded(Buffer.from(content)));
  const sizes = bodies.map(({ length }) => length / sector);
  const placed = files.map(({ name, content }, at) => ({
    name,
    place: places.files + sum(sizes.slice(0, at)),
    size: Buffer.byteLength(content),
  }));
  const root = rootFolder(placed);
  if (root.length > sector) throw new Error('too many files for one sector of names');
  const total = places.files + sum(sizes);
  const head = [descriptor(label, total), [0xff, ...ascii('CD001'), 1], pathTable('LE'), pathTable('BE'), root];
  return Buffer.concat([
    Buffer.alloc(places.descriptor * sector),
    ...head.map((part) => padded(Buffer.from(part))),
    ...bodies,
  ]);
}

/** The primary volume descriptor. */
function descriptor(label: string, total: number): Uint8Array {
  const head = [1, ...ascii('CD001'), 1, 0, ...spaces('', 32), ...spaces(label, 32), ...zeros(8), ...both(total, 4)];
  const tables = [...little(places.pathTable, 4), ...zeros(4), ...big(places.pathTableBig, 4), ...zeros(4)];
  const root = folderRecord('\0', []);
  const sizes = [...zeros(32), ...both(1, 2), ...both(1, 2), ...both(sector, 2), ...both(pathTable('LE').length, 4)];
  // Names of set, publisher, preparer, application and three files; four dates that say nothing; the version.
  const names = [
    ...spaces('', 4 * 128 + 3 * 37),
    ...Array.from({ length: 4 }, () => [...ascii('0'.repeat(16)), 0]).flat(),
    1,
  ];
  return Buffer.from([...head, ...sizes, ...tables, ...root, ...names]);
}

/** The root folder alone. */
function pathTable(order: 'LE' | 'BE'): readonly number[] {
  const number = order === 'LE' ? little : big;
  return [1, 0, ...number(places.root, 4), ...number(1, 2), 0, 0];
}

interface Placed {
  readonly name: string;
  readonly place: number;
  readonly size: number;
}

function rootFolder(files: readonly Placed[]): Uint8Array {
  const ridge = [...ascii('SP'), 7, 1, 0xbe, 0xef, 0];
  const extension = [...ascii('ER'), 18, 1, 10, 0, 0, 1, ...ascii('RRIP_1991A')];
  const records = files.map(({ name, place, size }, at) => {
    const real = [...ascii('NM'), 5 + name.length, 1, 0, ...ascii(name)];
    return record({ name: `FILE${at + 1}.;1`, place, size, flags: 0, system: [...owner(rootOnly.file), ...real] });
  });
  const self = folderRecord('\0', [...ridge, ...owner(rootOnly.folder), ...extension]);
  return Buffer.from([...self, ...folderRecord('\x01', owner(rootOnly.folder)), ...records.flat()]);
}

function folderRecord(name: string, system: readonly number[]): readonly number[] {
  return record({ name, place: places.root, size: sector, flags: 2, system });
}

interface Entry extends Placed {
  readonly flags: number;
  /** What Rock Ridge adds. */
  readonly system: readonly number[];
}

function record({ name, place, size, flags, system }: Entry): readonly number[] {
  const identifier = [name.length, ...ascii(name), ...zeros((name.length + 1) % 2)];
  const rest = [...both(place, 4), ...both(size, 4), ...zeros(7), flags, 0, 0, ...both(1, 2), ...identifier, ...system];
  const length = 2 + rest.length;
  return [length + (length % 2), 0, ...rest, ...zeros(length % 2)];
}

/** Mode, links, user and group. */
function owner(mode: number): readonly number[] {
  return [...ascii('PX'), 36, 1, ...[mode, 1, 0, 0].flatMap((value) => both(value, 4))];
}

function little(value: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** at) % 256);
}

function big(value: number, bytes: number): readonly number[] {
  return little(value, bytes).toReversed();
}

/** Numbers stand there in both orders. */
function both(value: number, bytes: number): readonly number[] {
  return [...little(value, bytes), ...big(value, bytes)];
}

function ascii(text: string): readonly number[] {
  return [...Buffer.from(text, 'ascii')];
}

function spaces(text: string, length: number): readonly number[] {
  return ascii(text.padEnd(length));
}

function zeros(length: number): readonly number[] {
  return Array.from({ length }, () => 0);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((sector - (bytes.length % sector)) % sector)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
