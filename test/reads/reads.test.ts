import { describe, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { argumentsOf, type Case, loadCases, moduleOf, updating } from '../support/load-cases.ts';
import { type RecordedHost, recordedLook } from '../support/recorded-look.ts';

describe('a module reads this state from these answers', () => {
  test.each(loadCases('reads').map((item) => [item.title, item] as const))('%s', async (_title, item) => {
    const { came, unasked } = await readOf(item);
    if (updating) return item.update(came);
    const { state, refused } = item.content;
    if (state === undefined && refused === undefined) throw new Error('a read case needs `state:` or `refused:`');
    expect(came).toEqual(refused === undefined ? { state } : { refused });
    expect(unasked, 'recorded answers that nobody asked for').toEqual([]);
  });
});

async function readOf(item: Case): Promise<{ came: Record<string, unknown>; unasked: string[] }> {
  const module = moduleOf(item);
  const { look, unasked } = recordedLook((item.content.host ?? {}) as RecordedHost);
  try {
    const state: unknown = await module.read(argumentsOf(item, module), look);
    // YAML knows neither `undefined` nor the difference between a missing key and an undefined one
    return { came: { state: JSON.parse(JSON.stringify(state ?? null)) as unknown }, unasked: unasked() };
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const { code, message } = error.diagnostics[0];
    return { came: { refused: { code, message } }, unasked: unasked() };
  }
}
