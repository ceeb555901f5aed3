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
  /** What it read that is no secret; and of that, what it read since it last gave something. */
  private readonly plain = new Set<string>();
  private readonly recent = new Set<string>();

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
    else if (text !== '') this.recent.add(text);
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
      if (this.recent.size > 0) {
        for (const text of this.recent) this.plain.add(text);
        this.recent.clear();
      }
      return write(...values);
    };
  }

  private judge(text: string): void {
    if (this.secrets.holds(text) || this.isMadeOf(this.recent, text)) return;
    if (!this.isMadeOf([...this.plain, ...this.recent], text)) this.secrets.addDerived(text);
  }

  /** Of nothing but these and words of the code. */
  private isMadeOf(known: Iterable<string>, text: string): boolean {
    const parts = [...known].filter((part) => text.includes(part)).sort((a, b) => b.length - a.length);
    let rest = [text];
    for (const part of parts) rest = rest.flatMap((piece) => piece.split(part));
    return rest.every((part) => this.text.includes(part) || /^\d{1,5}$/.test(part));
  }
}

/** `undefined` where nobody keeps secrets. */
export function startTaint(scope: Scope, text: string): Taint | undefined {
  return scope.secrets && new Taint(scope.secrets, text);
}
