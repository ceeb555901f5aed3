import type { Span } from '../core/source.ts';
import type { Statement } from './playbook.ts';

type Placed = Pick<Statement, 'document' | 'path' | 'module'>;

/** Whether a statement says a keyword itself, where others say it around it. */
export function saysItself({ document, path }: Placed, keyword: string): boolean {
  return document.locate([...path, keyword]).start !== document.locate([...path, `no ${keyword}`]).start;
}

/** Where its name stands, or else what it is. */
export function placeOfName(statement: Placed): Span {
  const { document, path, module } = statement;
  return saysItself(statement, 'name') ? document.locate([...path, 'name']) : document.locate([...path, module], 'key');
}
