import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path, SourceText, Span } from '../core/source.ts';
import { pythonValue } from './python-value.ts';

/** Whether it is the other form of Ansible's inventories: what stands first is `[group]`, or a host without a colon. */
export function isIni({ name, text }: SourceText): boolean {
  if (/\.(ini|cfg)$/.test(name)) return true;
  const first = text.split('\n').find((line) => !/^\s*([#;].*)?$/.test(line)) ?? '';
  if (/^\s*\[[\w:.-]+\]\s*(#.*)?$/.test(first)) return true;
  return !/\.(ya?ml|json)$/.test(name) && /^[\w.[][^\s{]*(\s+\w+=.*)?\s*$/.test(first) && !/:\s*$/.test(first);
}

interface Reading {
  readonly source: SourceText;
  readonly problems: Problems;
  readonly groups: Record<string, Group>;
  /** Where the key of each part of the value stands, and its value, by the path as JSON. */
  readonly places: Map<string, { readonly key: Span; readonly value: Span }>;
}

interface Group {
  hosts?: Record<string, Record<string, unknown> | null>;
  children?: Record<string, null>;
  vars?: Record<string, unknown>;
}

type Part = 'hosts' | 'children' | 'vars';

/** A line of the file without what surrounds it. */
interface Line {
  readonly text: string;
  readonly start: number;
}

/** Reads an inventory in INI form into what the same inventory is in YAML, with the way back to its places. */
export function readIni(source: SourceText, problems: Problems): Located {
  const reading: Reading = { source, problems, groups: {}, places: new Map() };
  let [group, part]: [string, Part] = ['ungrouped', 'hosts'];
  for (const line of linesOf(source.text)) {
    const section = /^\[([^\]:]+)(?::(\w+))?\]$/.exec(line.text.replace(/\s+#.*$/, ''));
    if (!section) readLine(line, { group, part }, reading);
    else {
      [group, part] = [section[1] ?? '', partOf(section[2], line, reading)];
      reading.groups[group] ??= {};
      note([group], { key: { start: line.start + 1, text: group } }, reading);
    }
  }
  return { value: reading.groups, source, locate: locateIn(reading) };
}

function linesOf(text: string): readonly Line[] {
  let next = 0;
  return text.split('\n').flatMap((whole) => {
    const start = next;
    next += whole.length + 1;
    const line = whole.trim();
    return line === '' || /^[#;]/.test(line) ? [] : [{ text: line, start: start + whole.indexOf(line) }];
  });
}

function partOf(word: string | undefined, line: Line, reading: Reading): Part {
  if (word === undefined || word === 'hosts') return 'hosts';
  if (word === 'vars' || word === 'children') return word;
  refuse(`a section is [group], [group:vars] or [group:children], not [group:${word}]`, line, reading);
  return 'vars';
}

interface Section {
  readonly group: string;
  readonly part: Part;
}

function readLine(line: Line, { group, part }: Section, reading: Reading): void {
  reading.groups[group] ??= {};
  const into = reading.groups[group];
  if (part === 'hosts') readHost(line, group, reading);
  else if (part === 'vars') readVariable(line, group, reading);
  else {
    into.children = { ...into.children, [line.text]: null };
    note([group, 'children', line.text], { key: line }, reading);
  }
}

function readVariable(line: Line, group: string, reading: Reading): void {
  const equals = line.text.indexOf('=');
  const into = reading.groups[group];
  if (equals < 1 || !into) {
    refuse(`a line of [${group}:vars] is name=value`, line, reading);
    return;
  }
  const name = line.text.slice(0, equals).trim();
  const word = wordAt(line.text.slice(equals + 1).trim(), line.start + line.text.length);
  into.vars = { ...into.vars, [name]: readValue({ ...word, whole: true }, reading) };
  note([group, 'vars', name], { key: { start: line.start, text: name }, value: word }, reading);
}

function wordAt(text: string, end: number): Line {
  return { text, start: end - text.length };
}

/** `alfa:2222 name=value name="two words"  # comment` */
function readHost(line: Line, group: string, reading: Reading): void {
  const [host, ...settings] = wordsOf(line, reading);
  if (!host) return;
  const { name, port } = nameAndPort(host.text);
  const known = reading.groups[group]?.hosts?.[name];
  const values: Record<string, unknown> = { ...known, ...(port !== undefined && { ansible_port: port }) };
  for (const setting of settings) {
    const equals = setting.text.indexOf('=');
    if (equals < 1) {
      refuse(`\`${setting.text}\` is no name=value`, setting, reading);
      continue;
    }
    const key = setting.text.slice(0, equals);
    const word = { text: setting.text.slice(equals + 1), start: setting.start + equals + 1 };
    values[key] = readValue({ ...word, whole: false }, reading);
    note([group, 'hosts', name, key], { key: { start: setting.start, text: key }, value: word }, reading);
  }
  const into = reading.groups[group];
  if (into) into.hosts = { ...into.hosts, [name]: Object.keys(values).length > 0 ? values : null };
  note([group, 'hosts', name], { key: { start: host.start, text: name } }, reading);
}

function nameAndPort(text: string): { readonly name: string; readonly port?: number } {
  const [, name, port] = /^(.*?):(\d+)$/.exec(text) ?? [];
  return name !== undefined && !/:[^\]]*$/.test(name) ? { name, port: Number(port) } : { name: text };
}

/** Words as a shell reads them, quotes kept for the reader of values; `#` begins a comment. */
function wordsOf(line: Line, reading: Reading): readonly Line[] {
  const words: Line[] = [];
  const expression = /\s+|#.*$|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])+)|(["'].*)/gy;
  for (const part of line.text.matchAll(expression)) {
    if (part[1] !== undefined) words.push({ text: part[1], start: line.start + part.index });
    else if (part[2] !== undefined) {
      refuse('a quote is not closed', { text: part[2], start: line.start + part.index }, reading);
      return words;
    } else if (part[0].startsWith('#')) break;
  }
  return words;
}

/** Ansible reads values as Python literals, which has surprised everybody once; what is surely not meant is told. */
function readValue({ text, start, whole }: Line & { readonly whole: boolean }, reading: Reading): unknown {
  const bare = whole ? text : unquoted(text);
  const value = pythonValue(bare);
  if (typeof value === 'string' && /^(true|false|yes|no|on|off|null)$/i.test(value)) {
    reading.problems.warn('PV2026', `\`${text}\` is a text in an INI inventory, not true or false`, {
      at: spanOf({ text, start }, reading),
      help: 'write True or False, as Python does; or keep the inventory in YAML, which says what it means',
    });
  }
  return value;
}

/** Outer quotes are the shell's: the value within them is still read as Python. */
function unquoted(text: string): string {
  return text.replaceAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, plain?: string) =>
      double !== undefined ? double.replaceAll(/\\(["\\])/g, '$1') : (single ?? plain ?? ''),
  );
}

function refuse(message: string, line: Line, reading: Reading): void {
  const help = 'a host line is: name key=value key="two words"';
  reading.problems.add('PV2026', message, { at: spanOf(line, reading), help });
}

function spanOf({ text, start }: Line, { source }: Reading): Span {
  return { source, start, end: start + text.length };
}

function note(path: Path, { key, value = key }: { key: Line; value?: Line }, reading: Reading): void {
  const at = JSON.stringify(path);
  const isSetting = path.length > 3;
  if (isSetting || !reading.places.has(at)) {
    reading.places.set(at, { key: spanOf(key, reading), value: spanOf(value, reading) });
  }
}

function locateIn({ source, places }: Reading): Located['locate'] {
  return (path, part = 'value') => {
    for (let length = path.length; length > 0; length--) {
      const place = places.get(JSON.stringify(path.slice(0, length)));
      if (place) return place[part];
    }
    return { source, start: 0, end: 0 };
  };
}
