import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Here, type HereOptions } from '../../support/run-here.ts';

interface LanguageCase {
  readonly title: string;
  readonly playbook: string;
  readonly options?: HereOptions;
  readonly lines: readonly string[];
  readonly exit?: number;
}

const cases = parse(readFileSync(new URL('cases/language.yml', import.meta.url), 'utf8')) as readonly LanguageCase[];

test.each(cases)('$title', async ({ playbook, options, lines, exit }) => {
  const here = await Here.create();
  try {
    const found = await here.run(playbook, options);
    // Hosts run side by side: only the order within a host is promised.
    const byHost = (line: string): string => line.split(' ', 1)[0] ?? '';
    expect(found.lines.toSorted((a, b) => byHost(a).localeCompare(byHost(b)))).toEqual(lines);
    expect(found.exit).toBe(exit ?? 0);
  } finally {
    await here.remove();
  }
});
