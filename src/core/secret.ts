import type { SourceText } from './source.ts';

const mask = '********';
/** Shorter lines of a longer secret are everyday words. */
const shortestLine = 8;

/** Whether a variable or setting of this name holds something that must not be shown. */
export function isSecretName(name: string): boolean {
  return /(^|_)(password|passwd|passphrase|pass|secret|token)$/i.test(name);
}

/** Knows every secret text of a run and takes it out of whatever is about to be shown or written. */
export class Secrets {
  private readonly texts = new Set<string>();
  private sorted: readonly string[] = [];

  /** Registers a secret and the forms it takes on its way: base64, JSON, a word of a shell, of XML, of a URL. */
  add(secret: string): void {
    if (secret.length < 3) return;
    const forms = [
      secret,
      Buffer.from(secret).toString('base64'),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll("'", `'\\''`),
      ...xmlForms(secret),
      encodeURIComponent(Buffer.from(secret).toString()),
    ];
    for (const form of forms) this.texts.add(form);
    // Output is told line by line: a private key must not get through in pieces.
    const lines = secret.split('\n').map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= shortestLine) this.texts.add(line);
  }

  mask(text: string): string {
    let masked = text;
    for (const secret of this.longestFirst()) {
      if (masked.includes(secret)) masked = masked.replaceAll(secret, mask);
    }
    return masked;
  }

  /** The same source with secrets blotted out letter by letter, so that spans into it stay right. */
  conceal(source: SourceText): SourceText {
    let text = source.text;
    for (const secret of this.longestFirst()) text = text.replaceAll(secret, '*'.repeat(secret.length));
    return text === source.text ? source : { name: source.name, text };
  }

  /** One secret may be the beginning of another, whose rest would be left standing. */
  private longestFirst(): readonly string[] {
    if (this.sorted.length !== this.texts.size) this.sorted = [...this.texts].sort((a, b) => b.length - a.length);
    return this.sorted;
  }
}

function xmlForms(secret: string): string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [text, text.replaceAll('"', '&quot;').replaceAll("'", '&apos;'), text.replaceAll('"', '&quot;')];
}
