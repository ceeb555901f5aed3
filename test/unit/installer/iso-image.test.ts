import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoImage } from '../../../src/installer/iso-image.ts';

const sector = 2048;

/** Reads the files back as Linux does: by the descriptor, the root folder and its Rock Ridge names. */
function readBack(image: Buffer): Readonly<Record<string, string>> {
  const descriptor = image.subarray(16 * sector, 17 * sector);
  expect(descriptor.subarray(1, 6).toString()).toBe('CD001');
  const root = descriptor.subarray(156, 190);
  const start = root.readUInt32LE(2) * sector;
  expect(root.readUInt32BE(6) * sector).toBe(start);
  const folder = image.subarray(start, start + root.readUInt32LE(10));
  const files: Record<string, string> = {};
  for (let at = 0, length = folder[at] ?? 0; length > 0; at += length, length = folder[at] ?? 0) {
    const entry = folder.subarray(at, at + length);
    const name = realName(entry);
    const place = entry.readUInt32LE(2) * sector;
    if (name !== undefined) files[name] = image.subarray(place, place + entry.readUInt32LE(10)).toString();
  }
  return files;
}

function realName(entry: Buffer): string | undefined {
  const identifier = entry[32] ?? 0;
  for (let at = 33 + identifier + ((identifier + 1) % 2); at + 4 < entry.length; at += entry[at + 2] || entry.length) {
    const length = entry[at + 2] ?? 0;
    if (entry.subarray(at, at + 2).toString() === 'NM') return entry.subarray(at + 5, at + length).toString();
  }
  return undefined;
}

it('holds the files of a seed by their names, whatever is in them', () => {
  const content = fc.string({ unit: 'binary', maxLength: 9000 });
  fc.assert(
    fc.property(content, content, (userData, network) => {
      const files = [
        { name: 'network-config', content: network },
        { name: 'user-data', content: userData },
        { name: 'meta-data', content: 'instance-id: everest\n' },
      ];
      const expected = Object.fromEntries(files.map((file) => [file.name, Buffer.from(file.content).toString()]));
      expect(readBack(Buffer.from(isoImage('cidata', files)))).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

it('is labelled, whole sectors long, and the same for the same files', () => {
  const files = [{ name: 'user-data', content: '#cloud-config\n' }];
  const image = Buffer.from(isoImage('cidata', files));
  expect(image.subarray(16 * sector + 40, 16 * sector + 72).toString()).toBe('cidata'.padEnd(32));
  expect(image.length).toBe(image.readUInt32LE(16 * sector + 80) * sector);
  expect(image.equals(isoImage('cidata', files))).toBe(true);
});
