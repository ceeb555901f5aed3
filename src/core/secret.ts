import type { SourceText } from './source.ts';

const mask = '********';
/** No secret is shorter. */
const beginning = 3;
const markCount = 65_536;
/** Shorter lines of a longer secret are everyday words. */
const shortestLine = 8;

/** Whether a variable or setting of this name holds something that must not be shown. */
export function isSecretName(name: string): boolean {
  return /(^|_)(password|passwd|passphrase|pass|secret|token)$/i.test(name);
}

/** Knows every secret text of a run and takes it out of whatever is about to be shown or written. */
export class Secrets {
  private readonly added = new Set<string>();
  private readonly texts = new Set<string>();
  private readonly beginnings = new Set<string>();
  /** Which beginnings there may be, told by a number: quicker than making three letters a text of their own. */
  private marks: Uint8Array | undefined;
  private sorted: readonly string[] = [];

  /** Registers a secret and the forms it takes on its way: base64, JSON, a word of a shell, of XML, of a URL. */
  add(secret: string): void {
    if (secret.length < beginning || this.added.has(secret)) return;
    this.added.add(secret);
    const forms = [
      secret,
      Buffer.from(secret).toString('base64'),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll("'", `'\\''`),
      ...xmlForms(secret),
      encodeURIComponent(Buffer.from(secret).toString()),
    ];
    for (const form of forms) this.keep(form);
    // Output is told line by line: a private key must not get through in pieces.
    const lines = secret.split('\n').map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= shortestLine) this.keep(line);
  }

  mask(text: string): string {
    if (!this.mayHold(text)) return text;
    let masked = text;
    for (const secret of this.longestFirst()) {
      if (masked.includes(secret)) masked = masked.replaceAll(secret, mask);
    }
    return masked;
  }

  /** The same source with secrets blotted out letter by letter, so that spans into it stay right. */
  conceal(source: SourceText): SourceText {
    if (!this.mayHold(source.text)) return source;
    let text = source.text;
    for (const secret of this.longestFirst()) text = text.replaceAll(secret, '*'.repeat(secret.length));
    return text === source.text ? source : { name: source.name, text };
  }

  private keep(text: string): void {
    this.texts.add(text);
    this.beginnings.add(text.slice(0, beginning));
    this.marks ??= new Uint8Array(markCount);
    this.marks[markAt(text, 0)] = 1;
  }

  /** A thousand hosts may have a thousand passwords, and a text is looked through for all of them at once. */
  private mayHold(text: string): boolean {
    const { marks } = this;
    if (marks === undefined) return false;
    for (let at = 0; at + beginning <= text.length; at++) {
      if (marks[markAt(text, at)] === 1 && this.beginnings.has(text.slice(at, at + beginning))) return true;
    }
    return false;
  }

  /** One secret may be the beginning of another, whose rest would be left standing. */
  private longestFirst(): readonly string[] {
    if (this.sorted.length !== this.texts.size) this.sorted = [...this.texts].sort((a, b) => b.length - a.length);
    return this.sorted;
  }
}

function markAt(text: string, at: number): number {
  const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  return ((first * 31 + second) * 31 + third) % markCount;
}

function xmlForms(secret: string): string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [text, text.replaceAll('"', '&quot;').replaceAll("'", '&apos;'), text.replaceAll('"', '&quot;')];
}
