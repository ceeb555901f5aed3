/** One EJS tag of a text and where it stands in it. */
export interface Tag {
  /** `value` prints what it gives, `raw` is `<%-`, `code` runs, `comment` does nothing. */
  readonly kind: 'value' | 'raw' | 'code' | 'comment';
  readonly start: number;
  readonly end: number;
  readonly codeStart: number;
  readonly codeEnd: number;
}

export interface TagMistake {
  readonly message: string;
  readonly help: string;
  readonly start: number;
  readonly end: number;
}

export interface TagScan {
  readonly tags: readonly Tag[];
  readonly mistakes: readonly TagMistake[];
}

interface Delimiter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const kinds: Readonly<Record<string, Tag['kind']>> = {
  '<%=': 'value',
  '<%-': 'raw',
  '<%': 'code',
  '<%_': 'code',
  '<%#': 'comment',
};

const closes: ReadonlySet<string> = new Set(['%>', '-%>', '_%>']);

/** Finds the tags of a text as EJS cuts it. EJS itself does the templating; its own errors carry no place. */
export function scanTags(text: string): TagScan {
  const delimiters = findDelimiters(text);
  const tags: Tag[] = [];
  const mistakes: TagMistake[] = [];
  let literal = false;
  for (let index = 0; index < delimiters.length; index++) {
    const open = delimiters[index] as Delimiter;
    const kind = kinds[open.text];
    if (open.text === '<%%') literal = true;
    else if (kind !== undefined) {
      const close = delimiters[index + 1];
      if (close === undefined || !closes.has(close.text)) mistakes.push(unclosed(open, close));
      else {
        tags.push({ kind, start: open.start, end: close.end, codeStart: open.end, codeEnd: close.start });
        index++;
      }
    } else if (closes.has(open.text)) {
      if (!literal) mistakes.push(stray(open));
      literal = false;
    }
  }
  return { tags, mistakes };
}

function findDelimiters(text: string): Delimiter[] {
  const found = text.matchAll(/<%%|%%>|<%=|<%-|<%_|<%#|<%|%>|-%>|_%>/g);
  return Array.from(found, (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function unclosed({ text, start, end }: Delimiter, next: Delimiter | undefined): TagMistake {
  const message =
    next === undefined ? `\`${text}\` is never closed` : `\`${text}\` is not closed before \`${next.text}\``;
  return { message, start, end, help: 'a tag ends with `%>`; write `<%%` for the two characters themselves' };
}

function stray({ text, start, end }: Delimiter): TagMistake {
  return { message: `\`${text}\` closes no tag`, start, end, help: 'write `%%>` for the two characters themselves' };
}
