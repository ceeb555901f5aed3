import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { quote } from '../../../src/core/quote.ts';
import type { Thing } from '../../../src/core/thing.ts';
import { modules } from '../../../src/modules/registry.ts';
import { findRestorer } from '../../../src/modules/restorers.ts';

interface RestoreCase {
  readonly what: string;
  readonly kind: string;
  readonly name: string;
  readonly was: Pick<Thing, 'state' | 'content'>;
  readonly now: Pick<Thing, 'state' | 'content'>;
  /** Titles, or what a step runs too. */
  readonly steps: readonly (string | object)[];
}

const cases: readonly RestoreCase[] = parse(readFileSync(new URL('cases/restore.yaml', import.meta.url), 'utf8'));

describe('what was there is put back by these steps', () => {
  test.each(cases.map((one) => [one.what, one] as const))('%s', (_what, { kind, name, was, now, steps }) => {
    const planned = findRestorer(kind)?.plan({ kind, name, ...was }, { kind, name, ...now }) ?? [];
    const came = planned.map(({ title, effect }, index) => {
      if (typeof steps[index] === 'string' || effect.kind !== 'run') return title;
      return { title, run: quote(effect.argv), ...(effect.stdin !== undefined && { stdin: effect.stdin }) };
    });
    expect(came).toEqual(steps);
  });
});

test('each module says what an undo can put back, or why nothing; those that change nothing need not', () => {
  const silent = modules.filter(({ things, lasting }) => !things && lasting === undefined).map(({ name }) => name);
  expect(silent).toEqual(['assert.that', 'wait.for']);
});
