import { ProvisionError } from '../core/diagnostic.ts';
import { keywordWording } from '../load/keyword-values.ts';
import { numberSchemas } from '../load/keywords.ts';
import type { Setting } from '../load/setting.ts';
import { evaluate } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { checkValue } from '../schema/check.ts';
import { args } from '../schema/schema.ts';

/** The number that a keyword comes to; what an expression gives is checked as strictly as what is written. */
export function numberOf(keyword: keyof typeof numberSchemas, setting: Setting<number>, scope: () => Scope): number {
  if (typeof setting === 'number') return setting;
  const { text, at } = setting;
  const value = evaluate(text, scope(), () => at);
  const wording = keywordWording('a task');
  const [wrong, ...others] = checkValue(
    args({ [keyword]: numberSchemas[keyword] }),
    { [keyword]: value },
    { locate: () => at, wording },
  );
  if (wrong) throw new ProvisionError(wrong, ...others);
  return value as number;
}
