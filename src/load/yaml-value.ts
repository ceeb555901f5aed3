import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Problems } from '../core/diagnostic.ts';
import type { SecretUse, SourceText, Span } from '../core/source.ts';
import { canNameSecret } from './secret-name.ts';
import { type Aliases, isMerge, keyText } from './yaml-locate.ts';

/** Aliases of aliases of aliases fill the memory of whoever walks them; nobody needs as many by hand. */
const mostNodes = 1_000_000;

interface Reading {
  readonly source: SourceText;
  readonly problems: Problems;
  readonly anchors: Map<string, Anchored>;
  readonly aliases: Map<Alias, Node>;
  readonly secrets: SecretUse[];
  /** Nodes so far, those behind an alias counted each time. */
  nodes: number;
  /** Something was read otherwise than it was meant. */
  broken: boolean;
}

interface Anchored {
  readonly node: Node;
  readonly value: unknown;
  readonly nodes: number;
}

/** The plain values of a document; what cannot be meant is reported on the way. */
export function readNodes(document: Document.Parsed, source: SourceText, problems: Problems) {
  const reading: Reading = {
    source,
    problems,
    anchors: new Map(),
    aliases: new Map(),
    secrets: [],
    nodes: 0,
    broken: false,
  };
  const value = read(document.contents, reading) ?? null;
  return { value, aliases: reading.aliases as Aliases, secrets: reading.secrets, broken: reading.broken };
}

function read(node: unknown, reading: Reading): unknown {
  if (isAlias(node)) return readAlias(node, reading);
  const before = reading.nodes++;
  const value = readValue(node, reading);
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor) reading.anchors.set(anchor, { node: node as Node, value, nodes: reading.nodes - before });
  return value;
}

function readValue(node: unknown, reading: Reading): unknown {
  if (isMap(node)) return readMap(node, reading);
  if (isSeq(node)) return node.items.map((item) => read(item, reading));
  return isScalar(node) ? readScalar(node, reading) : null;
}

function readScalar(scalar: Scalar, reading: Reading): unknown {
  const { value } = scalar;
  if (scalar.tag === '!secret') return readSecret(scalar, reading);
  if (typeof value === 'number') refuseLostNumber(value, scalar, reading);
  if (typeof value === 'string') warnOfJinja(value, scalar, reading);
  return typeof value === 'symbol' ? keyText(scalar) : value;
}

/** What is written and what would be counted with must be the same number. */
function refuseLostNumber(value: number, scalar: Scalar, { source, problems }: Reading): void {
  if (Number.isFinite(value) && !(Number.isInteger(value) && !Number.isSafeInteger(value))) return;
  const why = Number.isFinite(value)
    ? 'is too long for a number and would lose its last digits'
    : 'is no finite number';
  const help = `put it in quotes: "${scalar.source}"`;
  problems.add('PV1012', `${scalar.source} ${why}`, { at: spanOf(scalar, source), help });
}

/** Whoever comes from Ansible writes it by habit, and nothing would ever evaluate it. */
function warnOfJinja(value: string, scalar: Scalar, { source, problems }: Reading): void {
  const [whole, name] = /\{\{-?\s*(\w[\w.]*)\s*(?:\|[^}]*)?-?\}\}/.exec(value) ?? [];
  if (whole === undefined || name === undefined || /^(end|else|break|continue)$/.test(name)) return;
  problems.warn('PV1011', `\`${whole}\` stands here as it is: nothing evaluates it`, {
    at: spanOf(scalar, source),
    help: `if an expression is meant, write "<%= ${name} %>"`,
  });
}

/** What an expression can look up when it is used, and nobody before. */
function readSecret(scalar: Scalar, { source, problems, secrets }: Reading): string {
  const at = spanOf(scalar, source);
  const name = String(scalar.value);
  if (!canNameSecret(name)) {
    const help = 'write `!secret NAME`, the name made of letters, digits, `.`, `-` and `_`';
    problems.add('PV1007', `\`${name}\` cannot be the name of a secret`, { at, help });
    return '';
  }
  secrets.push({ name, at });
  return `<%= namedSecret('${name}') %>`;
}

function readMap(map: YAMLMap, reading: Reading): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const keys = new Map<string, unknown>();
  for (const { key, value } of map.items) {
    const name = isMerge(key) ? '<<' : readKey(key, reading);
    const twin = keys.get(name);
    if (twin) reportTwin(name, { first: twin, second: key }, reading);
    keys.set(name, key);
    if (!isMerge(key)) define(values, name, read(value, reading));
  }
  for (const { key, value } of map.items) if (isMerge(key)) merge(values, { key, value }, reading);
  return values;
}

function readKey(key: unknown, reading: Reading): string {
  if (isScalar(key)) return keyText(key);
  const at = spanOf(key, reading.source);
  reading.broken = true;
  if (reading.source.text.slice(at.start - 1, at.start + 1) === '{{') {
    const end = reading.source.text[at.end] === '}' ? at.end + 1 : at.end;
    reading.problems.add('PV1010', '`{{ … }}` is not an expression here, and YAML takes it for a map', {
      at: { ...at, start: at.start - 1, end },
      help: 'write "<%= … %>", in quotes',
    });
  } else {
    reading.problems.add('PV1001', 'a key must be a text', { at, help: 'put it in quotes' });
  }
  return '';
}

function reportTwin(name: string, { first, second }: { first: unknown; second: unknown }, reading: Reading): void {
  reading.problems.add('PV1002', `\`${name}\` stands here twice`, {
    at: spanOf(second, reading.source),
    related: [{ at: spanOf(first, reading.source), message: 'first here' }],
    help: 'keep one of them: YAML would silently drop the first',
  });
}

function merge(values: Record<string, unknown>, pair: { key: unknown; value: unknown }, reading: Reading): void {
  const merged = read(pair.value, reading);
  for (const from of Array.isArray(merged) ? merged : [merged]) {
    if (typeof from !== 'object' || from === null || Array.isArray(from)) {
      const at = spanOf(pair.key, reading.source);
      reading.problems.add('PV1009', '`<<` takes a map, or a list of maps', { at, help: 'write `<<: *name`' });
      return;
    }
    for (const [key, value] of Object.entries(from)) if (!Object.hasOwn(values, key)) define(values, key, value);
  }
}

function readAlias(alias: Alias, reading: Reading): unknown {
  const anchored = reading.anchors.get(alias.source);
  const at = spanOf(alias, reading.source);
  if (!anchored) {
    reading.broken = true;
    reading.problems.add('PV1009', `nothing above is marked \`&${alias.source}\``, {
      at,
      help: `a text that begins with \`*\` needs quotes: "*${alias.source}"`,
    });
    return null;
  }
  reading.aliases.set(alias, anchored.node);
  reading.nodes += anchored.nodes;
  if (reading.nodes <= mostNodes) return anchored.value;
  if (!reading.broken) reading.problems.add('PV1009', 'the aliases of this file stand for far too much', { at });
  reading.broken = true;
  return null;
}

/** Also for a key such as `__proto__`. */
function define(values: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') values[name] = value;
  else Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
}

function spanOf(node: unknown, source: SourceText): Span {
  const range = (node as Partial<Node> | null)?.range;
  return { source, start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}
