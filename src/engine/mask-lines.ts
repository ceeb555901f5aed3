import type { Secrets } from '../core/secret.ts';

/** Takes secrets out of lines that are told one by one, also where a secret goes on in the next line. */
export class LineMasker {
  private readonly secrets: Secrets;
  /** The end of the last line of each voice, where it may be the beginning of a secret. */
  private readonly open = new Map<string, string>();

  constructor(secrets: Secrets) {
    this.secrets = secrets;
  }

  /** The next line of a voice: a host's output in a task. */
  mask(voice: string, line: string): string {
    if (!this.secrets.any) return line;
    const before = this.open.get(voice) ?? '';
    const indent = before === '' ? '' : (/^[ \t]*/.exec(line)?.[0] ?? '');
    const text = before + line.slice(indent.length);
    const unfinished = this.secrets.unfinished(text);
    if (unfinished > 0) this.open.set(voice, text.slice(-unfinished));
    else this.open.delete(voice);
    return indent + this.secrets.maskFrom(before.length, text, unfinished);
  }

  end(voice: string): void {
    this.open.delete(voice);
  }
}
