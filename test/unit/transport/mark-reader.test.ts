import { describe, expect, test } from 'vitest';
import { createMarkReader } from '../../../src/transport/mark-reader.ts';

const prefix = '\x1e0123abcd';

function readInPieces(stream: string, size: number): string[] {
  const seen: string[] = [];
  const read = createMarkReader(Buffer.from(prefix), {
    data: (bytes) => {
      const last = seen.at(-1);
      if (last?.startsWith('data ')) seen[seen.length - 1] = last + bytes.toString('latin1');
      else seen.push(`data ${bytes.toString('latin1')}`);
    },
    mark: (text) => seen.push(`mark ${text}`),
  });
  for (let start = 0; start < stream.length; start += size)
    read(Buffer.from(stream.slice(start, start + size), 'latin1'));
  return seen;
}

const streams: readonly (readonly [title: string, stream: string, seen: readonly string[]])[] = [
  ['output between marks', `${prefix}B1\nout${prefix}E1 0\n`, ['mark B1', 'data out', 'mark E1 0']],
  ['marks without output', `${prefix}B1\n${prefix}E1 0\n${prefix}B2\n`, ['mark B1', 'mark E1 0', 'mark B2']],
  ['noise before the first mark', `welcome\n${prefix}R42\n`, ['data welcome\n', 'mark R42']],
  ['output that ends like a mark', `a\x1e0123${prefix}B1\n`, ['data a\x1e0123', 'mark B1']],
  [
    'several beginnings of a mark',
    `\x1e\x1e\x1e0\x1e0123abc${prefix}B1\n`,
    ['data \x1e\x1e\x1e0\x1e0123abc', 'mark B1'],
  ],
  ['the prefix of another session', `\x1e0123abceB9\n${prefix}B1\n`, ['data \x1e0123abceB9\n', 'mark B1']],
];

describe.each([1, 2, 3, 7, 1000])('in pieces of %i bytes', (size) => {
  test.each(streams)('%s is told apart', (_title, stream, seen) => {
    expect(readInPieces(stream, size)).toEqual(seen);
  });
});

test('output is passed on before the next mark comes', () => {
  expect(readInPieces(`${prefix}B1\nhello`, 1)).toEqual(['mark B1', 'data hello']);
});
