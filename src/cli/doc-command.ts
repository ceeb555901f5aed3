import { type Code, codes } from '../core/codes.ts';
import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { keywordSchemas } from '../load/keyword-schemas.ts';
import { findModule, modules } from '../modules/registry.ts';
import { wrapText } from '../report/terminal-text.ts';
import { keywordReference, moduleReference } from '../schema/reference.ts';
import { helpOnly } from './options.ts';
import { parseOptions } from './parse-options.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision doc [MODULE | CODE | play | task | ...]

Without a word it lists the modules; with one it explains a module (libvirt.guest), the code of an error (PV2001) or the
keywords of a play, task, block, include, role or import.
`;

const { actions, ...keywordsOf } = keywordSchemas;

/** `provision doc [MODULE | CODE]`. */
export async function docCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, helpOnly);
  process.stdout.write(options.help ? usage : explain(words[0]));
  return 0;
}

function explain(word: string | undefined): string {
  if (word === undefined) return moduleList();
  const code = word.toUpperCase();
  if (isCode(code)) return explainCode(code);
  const module = findModule(word) ?? actions.find(({ name }) => name === word);
  if (module) return moduleReference(module);
  const keywords = Object.entries(keywordsOf).find(([name]) => name === word);
  if (keywords) return keywordReference(...keywords);
  throw problem('PV0003', `\`${word}\` is neither a module nor a code`, {
    help:
      didYouMean(word, [...[...modules, ...actions].map(({ name }) => name), ...Object.keys(codes)]) ??
      '`provision doc` lists the modules',
  });
}

function explainCode(code: Code): string {
  const { title, explanation } = codes[code];
  const { width } = surroundingsOf(process.stdout);
  return `${[`${code}: ${title}`, '', ...wrapText(explanation, width)].join('\n')}\n`;
}

function isCode(word: string): word is Code {
  return Object.hasOwn(codes, word);
}

function moduleList(): string {
  const width = Math.max(0, ...modules.map(({ name }) => name.length)) + 2;
  return [...actions, ...modules].map(({ name, description }) => `${name.padEnd(width)}${description}\n`).join('');
}
