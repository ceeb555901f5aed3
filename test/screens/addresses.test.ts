import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Problems, ProvisionError } from '../../src/core/diagnostic.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { diagnosticsText } from '../../src/report/diagnostic-text.ts';

const folder = 'test/screens/addresses';

it.each(readdirSync(folder))('%s/screen.txt is what its inventory brings onto the screen', (name) => {
  const problems = new Problems();
  loadInventory(join(folder, name, 'hosts.yml'), { playbookFolders: [] }, problems);
  const text = diagnosticsText(refusalOf(problems).diagnostics, { width: 80, colour: false });
  expect(text).toBe(readFileSync(join(folder, name, 'screen.txt'), 'utf8').trimEnd());
});

function refusalOf(problems: Problems): ProvisionError {
  try {
    problems.throwIfAny();
  } catch (error) {
    if (error instanceof ProvisionError) return error;
  }
  throw new Error('nothing was refused');
}
