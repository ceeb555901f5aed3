import { describe, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { quote } from '../../src/core/quote.ts';
import { argumentsOf, type Case, loadCases, moduleOf, updating } from '../support/load-cases.ts';
import { reduceStep } from '../support/reduce-steps.ts';

describe('a module plans these steps, or refuses', () => {
  test.each(loadCases('plans').map((item) => [item.title, item] as const))('%s', (_title, item) => {
    const came = planOf(item);
    if (updating) return item.update(came);
    expect(came).toEqual(expectedOf(item));
  });
});

function planOf(item: Case): Record<string, unknown> {
  const module = moduleOf(item);
  const args = argumentsOf(item, module);
  try {
    return { steps: module.plan(args, item.content.state ?? undefined).map(reduceStep) };
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const { code, message, argument, renderedLine, help } = error.diagnostics[0];
    const expected = (item.content.refused ?? {}) as Record<string, unknown>;
    return {
      refused: {
        code,
        message,
        ...(argument && (updating || 'argument' in expected) && { argument }),
        ...(renderedLine !== undefined && (updating || 'line' in expected) && { line: renderedLine }),
        ...(help !== undefined && 'help' in expected && { help }),
      },
    };
  }
}

function expectedOf(item: Case): Record<string, unknown> {
  const { steps, refused } = item.content;
  if (refused !== undefined) return { refused };
  if (!Array.isArray(steps)) throw new Error(`${item.title}: a plan case needs \`steps:\` or \`refused:\``);
  return { steps: steps.map((step) => (Array.isArray(step.run) ? { ...step, run: quote(step.run) } : step)) };
}
