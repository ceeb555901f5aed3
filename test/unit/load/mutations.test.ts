import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadInventory } from '../../../src/load/inventory.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { readRecordedAddresses } from '../../../src/load/recorded-addresses.ts';
import { mutated } from '../../support/mutated.ts';
import { sampleModules } from './sample-modules.ts';
import { tell } from './told.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-mutations-'));

/** The good and bad texts of the cases are the seeds. */
function seeds(name: string, key = 'text'): string[] {
  const cases = parse(readFileSync(new URL(`cases/${name}.yml`, import.meta.url), 'utf8')) as readonly {
    readonly [key: string]: unknown;
  }[];
  return cases.map((item) => item[key]).filter((text) => typeof text === 'string');
}

/** Whatever the file holds, what is wrong is told; anything else that is thrown fails the test. */
function survives(texts: readonly string[], read: (file: string) => ReturnType<typeof tell>): void {
  const file = join(folder, 'mutated.yml');
  fc.assert(
    fc.property(mutated(texts), (text) => {
      writeFileSync(file, text);
      for (const { code, message, at } of read(file)) {
        expect(code).toMatch(/^PV[12]\d{3}$/);
        expect(message).toMatch(/^(?!.*(undefined|\[object))/s);
        expect(at).toBeDefined();
      }
    }),
    { numRuns: 1500 },
  );
}

describe('a file with random mistakes', () => {
  it('is never more than told of: playbook', () => {
    survives(seeds('playbook'), (file) => tell((problems) => loadPlaybook(file, sampleModules, problems)));
  });

  it('is never more than told of: inventory', () => {
    survives(seeds('inventory'), (file) => tell((problems) => loadInventory(file, { playbookFolders: [] }, problems)));
  });

  it('is never more than told of: networks of an inventory', () => {
    survives(seeds('addresses'), (file) => tell((problems) => loadInventory(file, { playbookFolders: [] }, problems)));
  });

  it('is never more than told of: recorded addresses', () => {
    survives(seeds('addresses', 'recorded'), (file) => tell((problems) => readRecordedAddresses(file, problems)));
  });
});
