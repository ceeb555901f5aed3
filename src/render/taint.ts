import type { Secrets } from '../core/secret.ts';
import type { Write } from './program.ts';
import type { Scope } from './scope.ts';

/**
 * Follows one evaluation: what it makes of a secret, however it does, is a secret too. What can be explained without one,
 * by other values that it read or by words of its own, is not.
 */
export class Taint {
  private readonly secrets: Secrets;
  /** The code with its words. */
  private readonly text: string;
  /** What is read in one tag may be kept under a name and written by another. */
  private readonly lasts: boolean;
  private touched = false;
  private readonly plain = new Set<string>();

  constructor(secrets: Secrets, text: string) {
    this.secrets = secrets;
    this.text = text;
    this.lasts = /\b(const|let|function|class)\b|=>/.test(text);
  }

  /** A value that the evaluation has read. */
  note(value: unknown): void {
    if (!this.secrets.any || (typeof value !== 'string' && typeof value !== 'number')) return;
    const text = String(value);
    if (this.secrets.holds(text)) this.touched = true;
    else if (text !== '') this.plain.add(text);
  }

  /** What a function made of its arguments. */
  noteResult(args: readonly unknown[], result: unknown): void {
    this.give(args);
    if (args.some((argument) => typeof argument === 'string' && this.secrets.holds(argument))) {
      this.touched = true;
      this.give(result);
    } else this.note(result);
  }

  /** A value that the evaluation gives. */
  give(value: unknown): void {
    if (!this.touched) return;
    if (typeof value === 'string') this.judge(value);
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) this.give(item);
  }

  /** The same writing, seen. */
  seen(write: Write): Write {
    return (...values) => {
      if (typeof values[0] === 'string') this.give(values[0]);
      if (!this.lasts) this.touched = false;
      return write(...values);
    };
  }

  private judge(text: string): void {
    if (!this.secrets.holds(text) && !this.isPlain(text)) this.secrets.addDerived(text);
  }

  /** Made of nothing but what is no secret. */
  private isPlain(text: string): boolean {
    let rest = [text];
    for (const known of [...this.plain].sort((a, b) => b.length - a.length)) {
      rest = rest.flatMap((part) => part.split(known));
    }
    return rest.every((part) => this.text.includes(part) || /^\d{1,5}$/.test(part));
  }
}

/** `undefined` where nobody keeps secrets. */
export function startTaint(scope: Scope, text: string): Taint | undefined {
  return scope.secrets && new Taint(scope.secrets, text);
}
