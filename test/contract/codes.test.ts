import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes } from '../../src/core/codes.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== join('core', 'codes.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n');

describe.each(Object.entries(codes))('%s', (code, { title, explanation }) => {
  it('is used by the sources', () => {
    expect(sources.includes(`'${code}'`), 'no source file throws or adds it').toBe(true);
  });

  it('has a title without a full stop and an explanation in sentences', () => {
    expect(title).toMatch(/[^.]$/);
    expect(explanation).toMatch(/[.!?:`)"]$/);
  });
});

it('codes stand in the order of their numbers', () => {
  expect(Object.keys(codes)).toEqual(Object.keys(codes).sort());
});
