import type { Look, LookCall } from '../core/plan.ts';

export function ask(look: Look, call: LookCall): Promise<unknown> {
  switch (call.kind) {
    case 'stat':
      return look.stat(call.path);
    case 'digest':
      return look.digest(call.path);
    case 'readText':
      return look.readText(call.path);
    case 'query':
      return look.query(call.argv, call.options);
    case 'fetchText':
      return look.fetchText(call.url);
    default:
      return call satisfies never;
  }
}

/** Equal for looks that would be answered alike. */
export function keyOf(call: LookCall): string {
  return JSON.stringify(call);
}
