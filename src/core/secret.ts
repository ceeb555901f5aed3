import { formsOf } from './secret-forms.ts';
import type { SourceText } from './source.ts';

const mask = '********';
/** No secret is shorter. */
const beginning = 3;
const markCount = 65_536;
/** Shorter ones may be ordinary words of a command, or stand in a line break's way by chance. */
const unmistakable = 8;
/** Shorter pieces of a secret tell little, and hiding each such text would hide half the screen. */
const shortestDerived = 6;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Whether a variable or setting of this name holds something that must not be shown. */
export function isSecretName(name: string): boolean {
  return /(^|_)(password|passwd|passphrase|pass|secret|token)$/i.test(name);
}

/** Knows every secret text of a run and takes it out of whatever is about to be shown or written. */
export class Secrets {
  private readonly added = new Set<string>();
  private readonly names = new Map<string, string>();
  private readonly texts = new Set<string>();
  /** All forms of all secrets by how they begin. */
  private readonly forms = new Map<string, string[]>();
  /** Beginnings whose forms do not stand in order yet, the longest first. */
  private readonly unsorted = new Set<string>();
  /** Which beginnings there may be, told by a number: quicker than making three letters a text of their own. */
  private marks: Uint8Array | undefined;

  /** Registers a secret and the forms it takes on its way: base64, JSON, a word of a shell, of XML, of a URL. */
  add(secret: string): void {
    if (secret.length < beginning || this.added.has(secret)) return;
    this.added.add(secret);
    for (const form of formsOf(secret)) this.keep(form);
  }

  /** Registers what an expression made of a secret. */
  addDerived(text: string): void {
    if (text.length < shortestDerived) return;
    for (const form of formsOf(text)) this.keep(form);
  }

  /** Registers a secret that goes by a name. */
  learn(name: string, secret: string): void {
    this.names.set(name, secret);
    this.add(secret);
  }

  named(name: string): string | undefined {
    return this.names.get(name);
  }

  /** Whether there is anything to hide. */
  get any(): boolean {
    return this.marks !== undefined;
  }

  /** Whether a text would be masked. */
  holds(text: string): boolean {
    return this.find(text).length > 0;
  }

  /** Whether a word of a command gives a secret away to who sees the process list. */
  isExposedBy(word: string): boolean {
    if (!this.holds(word)) return false;
    const given = word.slice(word.indexOf('=') + 1);
    const named = [...this.names.values()];
    return named.some((secret) => word === secret || given === secret) || this.holdsLong(word);
  }

  /** A secret is also found where lines were broken in its midst. */
  mask(text: string): string {
    const masked = replaceStretches(text, this.find(text), () => mask);
    return text.includes('\n') ? this.maskBroken(masked) : masked;
  }

  /** What a text has from an offset on, masked, and its last letters too: they may be the beginning of a secret. */
  maskFrom(offset: number, text: string, last: number): string {
    const all = this.find(text);
    const start = all.find(({ end }) => end > text.length - last)?.start ?? text.length;
    const tail = last > 0 ? [{ start: Math.min(start, text.length - last), end: text.length }] : [];
    const found = last > 0 ? [...all.filter(({ end }) => end <= text.length - last), ...tail] : all;
    const shown = found
      .filter(({ end }) => end > offset)
      .map((stretch) => ({ start: Math.max(0, stretch.start - offset), end: stretch.end - offset }));
    return replaceStretches(text.slice(offset), shown, () => mask);
  }

  /** The same source with secrets blotted out letter by letter, so that spans into it stay right. */
  conceal(source: SourceText): SourceText {
    const text = replaceStretches(source.text, this.find(source.text), ({ start, end }) => '*'.repeat(end - start));
    return text === source.text ? source : { name: source.name, text };
  }

  /** How many letters at the end of a text are the beginning of a secret that may go on in the next line. */
  unfinished(text: string): number {
    const { marks } = this;
    if (marks === undefined) return 0;
    for (let at = 0; at + beginning < text.length; at++) {
      if (marks[markAt(text, at)] !== 1) continue;
      const rest = text.slice(at);
      const forms = this.beginningWith(rest.slice(0, beginning));
      if (forms.some((form) => form.length >= unmistakable && form.startsWith(rest))) return rest.length;
    }
    return 0;
  }

  private holdsLong(word: string): boolean {
    return [...this.added].some((secret) => secret.length >= unmistakable && word.includes(secret));
  }

  private maskBroken(text: string): string {
    if (this.marks === undefined) return text;
    const breaks = text.match(lineBreak) ?? [];
    const lines = text.split(lineBreak);
    const found = this.find(lines.join('')).filter(({ start, end }) => end - start >= unmistakable);
    if (found.length === 0) return text;
    let start = 0;
    const masked = lines.map((line) => {
      const from = start;
      start += line.length;
      const inLine = found
        .map((stretch) => ({ start: stretch.start - from, end: stretch.end - from }))
        .filter((stretch) => stretch.start < line.length && stretch.end > 0)
        .map((stretch) => ({ start: Math.max(0, stretch.start), end: Math.min(line.length, stretch.end) }));
      return replaceStretches(line, inLine, () => mask);
    });
    return masked.map((line, index) => line + (breaks[index] ?? '')).join('');
  }

  private keep(form: string): void {
    if (form.length < beginning || this.texts.has(form)) return;
    this.texts.add(form);
    const first = form.slice(0, beginning);
    const alike = this.forms.get(first);
    if (alike) alike.push(form);
    else this.forms.set(first, [form]);
    this.unsorted.add(first);
    this.marks ??= new Uint8Array(markCount);
    this.marks[markAt(form, 0)] = 1;
  }

  private beginningWith(first: string): readonly string[] {
    const forms = this.forms.get(first) ?? [];
    if (this.unsorted.delete(first)) forms.sort((a, b) => b.length - a.length);
    return forms;
  }

  /**
   * Where secrets stand, in one walk over the text: a thousand hosts may have a thousand passwords. Two that overlap are
   * one stretch.
   */
  private find(text: string): readonly Stretch[] {
    const { marks } = this;
    if (marks === undefined) return [];
    const found: Stretch[] = [];
    for (let at = 0; at + beginning <= text.length; at++) {
      if (marks[markAt(text, at)] !== 1) continue;
      const form = this.beginningWith(text.slice(at, at + beginning)).find((candidate) =>
        text.startsWith(candidate, at),
      );
      if (form === undefined) continue;
      const last = found.at(-1);
      const end = at + form.length;
      if (last === undefined || at >= last.end) found.push({ start: at, end });
      else if (end > last.end) found[found.length - 1] = { start: last.start, end };
    }
    return found;
  }
}

/** With what is indented behind it. */
const lineBreak = /\r?\n[ \t]*/g;

function replaceStretches(text: string, stretches: readonly Stretch[], by: (stretch: Stretch) => string): string {
  if (stretches.length === 0) return text;
  let [replaced, at] = ['', 0];
  for (const stretch of stretches) {
    replaced += text.slice(at, stretch.start) + by(stretch);
    at = stretch.end;
  }
  return replaced + text.slice(at);
}

function markAt(text: string, at: number): number {
  return ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2)) % markCount;
}
