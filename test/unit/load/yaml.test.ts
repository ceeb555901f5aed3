import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import type { Located, Path } from '../../../src/core/source.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { tell } from './told.ts';

function read(text: string): Located {
  const problems = new Problems();
  const document = parseYaml({ name: 'test.yml', text }, problems);
  problems.throwIfAny();
  if (!document) throw new Error('nothing was read');
  return document;
}

function marked(document: Located, path: Path, part?: 'key' | 'value'): string {
  const { source, start, end } = document.locate(path, part);
  return source.text.slice(start, end);
}

describe('parseYaml', () => {
  it.each([
    ['an empty file', '', null],
    ['a file of comments', '# nothing\n', null],
    ['the words of YAML 1.2', 'a: yes\nb: true\nc: 0o17\nd: 1.5\ne: ~', { a: 'yes', b: true, c: 15, d: 1.5, e: null }],
    ['a MAC address, which YAML 1.1 takes for a number', 'mac: 02:33:33:33:33:33', { mac: '02:33:33:33:33:33' }],
    ['keys as they are written', '0644: a\ntrue: b\n1e3: c', { '0644': 'a', true: 'b', '1e3': 'c' }],
    ['aliases', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    [
      'keys of a merged map, which are weaker',
      'a: &x {k: 1, l: 2}\nb:\n  k: 3\n  <<: *x',
      { a: { k: 1, l: 2 }, b: { k: 3, l: 2 } },
    ],
    [
      'a list of merged maps, the first the stronger',
      'a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}',
      { a: { k: 1 }, b: { k: 2, l: 2 }, c: { k: 1, l: 2 } },
    ],
    ['a file with Windows line ends', 'a: 1\r\nb: |\r\n  x\r\n', { a: 1, b: 'x\n' }],
    ['a file that begins with a byte order mark', '\uFEFFa: 1\n', { a: 1 }],
  ])('reads %s', (_title, text, value) => {
    expect(read(text).value).toEqual(value);
  });

  it('reads a key named __proto__ as any other', () => {
    const { value } = read('__proto__: { polluted: true }');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses aliases that stand for more than any file needs', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 9; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    const told = tell((problems) => parseYaml({ name: 'bomb.yml', text: lines.join('\n') }, problems));
    expect(told.map(({ code, message }) => [code, message])).toEqual([
      ['PV1009', 'the aliases of this file stand for far too much'],
    ]);
  });

  it('refuses an alias inside what it stands for', () => {
    const told = tell((problems) => parseYaml({ name: 'loop.yml', text: 'a: &x [*x]' }, problems));
    expect(told.map(({ code }) => code)).toEqual(['PV1009']);
  });

  it.each([
    ['without end', '['.repeat(100_000)],
    ['far too deeply', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('refuses a file that is nested %s', (_title, text) => {
    const told = tell((problems) => parseYaml({ name: 'deep.yml', text }, problems));
    expect(told.map(({ code, message }) => [code, message])).toEqual([
      ['PV1001', 'this is nested too deeply to be read'],
    ]);
  });
});

describe('locate', () => {
  const document = read(`base: &base { memory: 4096 }
guests:
  - name: everest
    <<: *base
    disks: [ 10G, "20G" ]
    note: |
      two
      lines
    empty:
  - lhotse
again: *base
`);

  it.each<[Path, 'key' | 'value', string]>([
    [['base', 'memory'], 'value', '4096'],
    [['base', 'memory'], 'key', 'memory'],
    [['guests', 0, 'name'], 'value', 'everest'],
    [['guests', 0, 'disks', 1], 'value', '"20G"'],
    [['guests', 0, 'disks'], 'value', '[ 10G, "20G" ]'],
    [['guests', 0, 'note'], 'value', '|\n      two\n      lines'],
    [['guests', 1], 'value', 'lhotse'],
  ])('finds %j (%s)', (path, part, text) => {
    expect(marked(document, path, part)).toBe(text);
  });

  it('finds what came by a merge where it is written', () => {
    expect(document.locate(['guests', 0, 'memory'])).toEqual(document.locate(['base', 'memory']));
  });

  it('finds what came by an alias where it is written, and the alias itself', () => {
    expect(document.locate(['again', 'memory'])).toEqual(document.locate(['base', 'memory']));
    expect(marked(document, ['again'])).toBe('*base');
  });

  it.each<[string, Path, string]>([
    ['a missing key of a map by the key of the map', ['base', 'vcpus'], 'base'],
    ['a missing key of an item by its first key', ['guests', 0, 'vcpus'], 'name'],
    ['a missing key deep down by the nearest parent', ['base', 'a', 'b', 'c'], 'base'],
    ['a missing item of a list by its key', ['guests', 7], 'guests'],
    ['an item of a text by the key of the text', ['guests', 0, 'name', 0], 'name'],
    ['a key with nothing behind it by the key', ['guests', 0, 'empty'], 'empty'],
    ['a missing key at the top by the first one', ['nothing'], 'base'],
  ])('shows %s', (_title, path, text) => {
    expect(marked(document, path)).toBe(text);
  });

  it('stays at the beginning of an empty file', () => {
    expect(read('').locate(['a', 0])).toMatchObject({ start: 0, end: 0 });
  });
});
