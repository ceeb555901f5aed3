import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseDocument, type YAMLMap } from 'yaml';
import { parseFacts } from '../../../src/engine/parse-facts.ts';
import { updating } from '../../support/load-cases.ts';

interface Case {
  readonly it: string;
  readonly output: string;
  readonly facts: unknown;
}

const file = new URL('cases/facts.yml', import.meta.url);
const document = parseDocument(readFileSync(file, 'utf8'));
const cases = document.toJS() as readonly Case[];

it.each(cases.map((one, index) => ({ ...one, index })))('are told of $it', ({ output, facts, index }) => {
  const found = JSON.parse(JSON.stringify(parseFacts(output ?? ''))) as unknown;
  if (!updating) expect(found).toEqual(facts);
  (document.get(index) as YAMLMap).set('facts', document.createNode(found));
  if (updating) writeFileSync(file, document.toString({ lineWidth: 0 }));
});
