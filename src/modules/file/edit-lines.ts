/** What to do with one line of a text. */
export interface LineEdit {
  readonly state: 'present' | 'absent';
  readonly line?: string;
  readonly match?: RegExp;
  readonly insertAfter?: RegExp;
  readonly insertBefore?: RegExp;
}

/** The text with the line present or absent; line breaks are kept as the text has them. */
export function editLines(text: string, edit: LineEdit): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const ended = text === '' || text.endsWith('\n');
  const lines = text === '' ? [] : (ended ? text.replace(/\r?\n$/, '') : text).split(/\r?\n/);
  const edited = edit.state === 'absent' ? withoutLine(lines, edit) : withLine(lines, edit);
  if (edited === lines) return text;
  return edited.map((line) => line + lineBreak).join('');
}

function withoutLine(lines: readonly string[], { line, match }: LineEdit): readonly string[] {
  const kept = lines.filter((item) => !(match ? match.test(item) : item === line));
  return kept.length === lines.length ? lines : kept;
}

/** A text that has the line already is left alone, whatever else matches: otherwise each run would find work. */
function withLine(lines: readonly string[], edit: LineEdit): readonly string[] {
  const { line = '', match } = edit;
  if (lines.includes(line)) return lines;
  const replaced = match ? lines.findLastIndex((item) => match.test(item)) : -1;
  if (replaced >= 0) return lines.with(replaced, line);
  return lines.toSpliced(insertionPoint(lines, edit), 0, line);
}

function insertionPoint(lines: readonly string[], { insertAfter, insertBefore }: LineEdit): number {
  const before = insertBefore ? lines.findIndex((item) => insertBefore.test(item)) : -1;
  if (before >= 0) return before;
  const after = insertAfter ? lines.findLastIndex((item) => insertAfter.test(item)) : -1;
  return after >= 0 ? after + 1 : lines.length;
}
