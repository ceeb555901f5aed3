import type { Problems } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import type { Wording } from '../schema/check.ts';

/** How mistakes in the keywords of `a play` or `a task` are told. */
export function keywordWording(owner: string): Wording {
  return {
    owner,
    noun: 'keyword',
    codes: { unknown: 'PV1102', missing: 'PV1104', type: 'PV1105', value: 'PV1105' },
    help: keywordHelp(owner),
  };
}

export function keywordHelp(owner: string): string {
  return `all keywords of ${owner}: provision doc ${owner.split(' ').at(-1)}`;
}

/** `a`, `[a, b]`, and with a separator `a, b`, as a list. */
export function listOfNames(value: string | readonly string[] | undefined, separator?: string): string[] {
  const list = value === undefined ? [] : [value].flat();
  const parts = separator ? list.flatMap((text) => text.split(separator)) : list;
  return parts.map((text) => text.trim()).filter((text) => text !== '');
}

/** Without the keywords that may stand there with nothing behind them: `tasks:`. */
export function withoutEmpty(values: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== null || !keys.includes(key)));
}

/** Conditions are expressions already: tags in them, ours or Jinja's, come from habit. */
export function checkBareExpressions(
  keywords: Readonly<Record<string, unknown>>,
  locate: (path: Path) => Span,
  problems: Problems,
): void {
  for (const key of ['when', 'changed_when', 'failed_when', 'until']) {
    [keywords[key]].flat().forEach((text, index) => {
      if (typeof text !== 'string' || !/<%|\{\{/.test(text)) return;
      const bare = text.replaceAll(/<%[=-]?\s*|\s*%>|\{\{\s*|\s*\}\}/g, '');
      problems.add('PV1110', `\`${key}\` is an expression as it stands, without \`<% %>\``, {
        at: locate(Array.isArray(keywords[key]) ? [key, index] : [key]),
        help: `write ${key}: ${bare}`,
      });
    });
  }
}
