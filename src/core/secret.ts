import type { SourceText } from './source.ts';

const mask = '********';

/** Knows every secret text of a run and takes it out of whatever is about to be shown or written. */
export class Secrets {
  private readonly texts = new Set<string>();

  /** Registers a secret and the forms it takes on its way (base64, JSON, shell-quoted). */
  add(secret: string): void {
    if (secret.length < 3) return;
    this.texts.add(secret);
    this.texts.add(Buffer.from(secret).toString('base64'));
    this.texts.add(JSON.stringify(secret).slice(1, -1));
    this.texts.add(secret.replaceAll("'", `'\\''`));
  }

  mask(text: string): string {
    let masked = text;
    for (const secret of [...this.texts].sort((a, b) => b.length - a.length)) {
      if (masked.includes(secret)) masked = masked.replaceAll(secret, mask);
    }
    return masked;
  }

  /** The same source with secrets blotted out letter by letter, so that spans into it stay right. */
  conceal(source: SourceText): SourceText {
    let text = source.text;
    for (const secret of this.texts) text = text.replaceAll(secret, '*'.repeat(secret.length));
    return text === source.text ? source : { name: source.name, text };
  }
}
