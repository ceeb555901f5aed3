import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { explainCommand } from '../../src/cli/explain-command.ts';
import { updating } from '../support/load-cases.ts';
import { toldLater } from '../support/told.ts';

const folder = resolve('test/screens/explain');
const here = process.cwd();

afterEach(() => {
  process.chdir(here);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it.each(readdirSync(join(folder, 'screens')))('%s is what its command brings onto the screen', async (name) => {
  const file = join(folder, 'screens', name);
  const [command = '', ...screen] = readFileSync(file, 'utf8').split('\n');
  process.chdir(folder);
  const shown = await screenOf(command.replace('$ provision explain ', '').split(' '));
  if (updating) writeFileSync(file, `${command}\n${shown}`);
  else expect(shown).toBe(screen.join('\n'));
});

/** What a terminal of 80 columns would show. */
async function screenOf(argv: readonly string[]): Promise<string> {
  const { isTTY, columns } = process.stdout;
  Object.assign(process.stdout, { isTTY: true, columns: 80 });
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const told = await toldLater(explainCommand(argv));
    return [...told.map((line) => `${line}\n`), ...written].join('');
  } finally {
    Object.assign(process.stdout, { isTTY, columns });
  }
}
