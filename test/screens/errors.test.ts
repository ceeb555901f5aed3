import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument, Scalar } from 'yaml';
import { type ErrorCase, errorScreen } from '../support/error-screen.ts';

// With UPDATE_SCREENS=1 what came out is written into the cases and docs/errors.md, for a person to read before it is
// committed.
const updating = process.env.UPDATE_SCREENS === '1';
const folder = 'test/screens/errors';
const cases = readdirSync(folder).map((name) => {
  const file = `${folder}/${name}`;
  return { name, file, ...(parse(readFileSync(file, 'utf8')) as ErrorCase) };
});

describe('the screen of a mistake', () => {
  it.each(cases)('$name: $what', { timeout: 60_000 }, async ({ file, screen, ...mistake }) => {
    const shown = await errorScreen(mistake);
    if (updating) update(file, shown);
    else expect(shown).toBe(screen);
  });
});

describe('docs/errors.md', () => {
  const page = 'docs/errors.md';

  it('shows what both tell of the mistakes that Ansible users make most', () => {
    const lead = readFileSync(page, 'utf8').split('\n## Side by side\n')[0];
    const sections = cases.filter(({ ansible }) => ansible).map(section);
    const text = [lead, '\n## Side by side\n', ...sections].join('');
    if (updating) writeFileSync(page, text);
    else expect(readFileSync(page, 'utf8')).toBe(text);
    expect(sections).toHaveLength(10);
  });
});

function section({ what, ansible = '', screen }: ErrorCase): string {
  const title = what.charAt(0).toUpperCase() + what.slice(1);
  const block = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  return `\n### ${title}\n\nprovision:\n\n${block(screen)}\nAnsible:\n\n${block(ansible)}`;
}

function update(file: string, screen: string): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const text = new Scalar(screen);
  text.type = Scalar.BLOCK_LITERAL;
  document.set('screen', text);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}
