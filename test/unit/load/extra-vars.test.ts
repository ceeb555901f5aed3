import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { parseExtraVars } from '../../../src/load/variables.ts';

function parse(...texts: readonly string[]) {
  const problems = new Problems();
  const layers = parseExtraVars(texts, problems);
  problems.throwIfAny();
  return layers;
}

describe('parseExtraVars', () => {
  it.each([
    ['n=5', { n: 5 }],
    ['n=five words long', { n: 'five words long' }],
    ['n=true', { n: true }],
    ['n=', { n: '' }],
    ['n=a=b', { n: 'a=b' }],
    ['n=[1, two]', { n: [1, 'two'] }],
    ['n={a: 1}', { n: { a: 1 } }],
    ['n="0644"', { n: '0644' }],
    ['n="a # b"', { n: 'a # b' }],
    ['{"a": 1, "b": [2]}', { a: 1, b: [2] }],
  ])('reads %s', (text, values) => {
    expect(parse(text)).toMatchObject([{ origin: '--extra-vars', values }]);
  });

  it('reads a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'provision-extra-')), 'vars.yml');
    writeFileSync(file, 'a: 1\nb: { c: 2 }\n');
    const [layer] = parse(`@${file}`);
    expect(layer?.values).toEqual({ a: 1, b: { c: 2 } });
    expect(layer?.document?.source.name).toBe(file);
  });

  it('keeps the order: the later wins', () => {
    expect(parse('a=1', 'a=2').map((layer) => layer.values)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('knows where a part of a value stands', () => {
    const [layer] = parse('n={a: [1, two]}');
    const span = layer?.document?.locate(['n', 'a', 1]);
    expect(span?.source.text.slice(span.start, span.end)).toBe('two');
    expect(span?.source.name).toBe('--extra-vars n');
  });
});
