import { mkdir, rm, writeFile } from 'node:fs/promises';
import { packageRoot } from '../../src/lab/package-root.ts';
import type { Row } from '../row.ts';
import { charts } from './charts.ts';
import { type Document, documentText } from './document-text.ts';

const folder = `${packageRoot}docs/performance`;

/** Writes docs/performance.md, its charts and its rows, and answers with the name of the first. */
export async function writeDocument(measured: Omit<Document, 'charts'>): Promise<string> {
  const { rows } = measured;
  const drawn = charts(rows);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { file, svg } of drawn) await writeFile(`${folder}/${file}`, svg);
  await writeFile(`${folder}/rows.json`, rowsText(rows));
  await writeFile(`${folder}.md`, documentText({ ...measured, charts: drawn }));
  return 'docs/performance.md';
}

/** One row a line: readable in a diff. */
function rowsText(rows: readonly Row[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}
