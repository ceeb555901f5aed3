/** A Python literal as Ansible reads the values of an INI inventory: number, True, False, None, text in quotes, list, map; text otherwise. */
export function pythonValue(text: string): unknown {
  const reader = new LiteralReader(text);
  const value = reader.read();
  return value !== undefined && reader.isAtEnd ? value.literal : text;
}

interface Literal {
  readonly literal: unknown;
}

const words: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };

class LiteralReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    this.take(/\s*/y);
    return this.at === this.text.length;
  }

  /** `undefined` where there is no literal. */
  read(): Literal | undefined {
    this.take(/\s*/y);
    const number = this.take(
      /[+-]?(?:0x[\da-f]+|0o[0-7]+|0b[01]+|(?:0+(?![\d_])|[1-9][\d_]*|0(?=\.))(?:\.\d*)?(?:e[+-]?\d+)?)(?![\w.])/iy,
    );
    if (number !== undefined) return { literal: Number(number.replaceAll('_', '')) };
    const word = this.take(/(?:True|False|None)(?!\w)/y);
    if (word !== undefined) return { literal: words[word] };
    const quoted = this.take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y);
    if (quoted !== undefined) return { literal: unescaped(quoted.slice(1, -1)) };
    if (this.take(/[[(]/y) !== undefined) return this.list();
    return this.take(/\{/y) === undefined ? undefined : this.map();
  }

  private list(): Literal | undefined {
    const items: unknown[] = [];
    while (this.take(/\s*[\])]/y) === undefined) {
      const item = this.read();
      if (!item || this.take(/\s*(?:,|(?=[\])]))/y) === undefined) return undefined;
      items.push(item.literal);
    }
    return { literal: items };
  }

  private map(): Literal | undefined {
    const entries: [string, unknown][] = [];
    while (this.take(/\s*\}/y) === undefined) {
      const key = this.read();
      const value = key && this.take(/\s*:/y) !== undefined ? this.read() : undefined;
      if (!key || !value || this.take(/\s*(?:,|(?=\}))/y) === undefined) return undefined;
      entries.push([String(key.literal), value.literal]);
    }
    return { literal: Object.fromEntries(entries) };
  }

  private take(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const [found] = expression.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
}
