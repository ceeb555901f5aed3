import { createHash } from 'node:crypto';
import type { Effect, RunOptions, Step } from '../../src/core/plan.ts';
import { quote } from '../../src/core/quote.ts';

type Shown = Record<string, unknown>;

/** Steps as a sysadmin reviews them: commands as shell text, long content as its digest, no functions. */
export function reduceStep(step: Step): Shown {
  const { title, before, after, effect, unlessElsewhere, ...rest } = step;
  const asked = unlessElsewhere && { unless_elsewhere: quote(unlessElsewhere.query) };
  return withoutUndefined({ title, ...reduceEffect(effect), before, after, ...asked, ...rest });
}

function reduceEffect(effect: Effect): Shown {
  switch (effect.kind) {
    case 'run': {
      const { kind: _, argv, stdin, ...options } = effect;
      return { run: quote(argv), stdin: stdin === undefined ? undefined : reduceContent(stdin), ...options };
    }
    case 'write': {
      const { kind: _, path, content, ...options } = effect;
      return { write: path, content: reduceContent(content), ...options };
    }
    case 'follow': {
      const { kind: _, log, query, judge: _judge, late: _late, ...options } = effect;
      return { follow: log ?? quote(query ?? []), ...options };
    }
    case 'custom':
      return { custom: effect.name };
    default:
      return effect satisfies never;
  }
}

const shownAtMost = 1500;

function reduceContent(content: NonNullable<RunOptions['stdin']>): unknown {
  if (typeof content === 'string' && content.length <= shownAtMost) return content;
  if (typeof content === 'string' || content instanceof Uint8Array) {
    return `sha256:${createHash('sha256').update(content).digest('hex')}`;
  }
  return content;
}

function withoutUndefined(value: Shown): Shown {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
