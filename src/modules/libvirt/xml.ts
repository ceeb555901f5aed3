import { createRequire } from 'node:module';
import type { Element as DomElement } from '@xmldom/xmldom';
import { type DiagnosticDetails, problem } from '../../core/diagnostic.ts';
import type { Path } from '../../core/source.ts';

/** An XML element as plain data. libvirt's XML has no text between elements that means anything. */
export interface Xml {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Trimmed. */
  readonly text: string;
  readonly children: readonly Xml[];
  /** Where a template gave it; left out in what libvirt shows. */
  readonly at?: RenderedPlace;
}

/** A line, from 1, of the text that the template of an argument gave. */
export type RenderedPlace = Required<Pick<DiagnosticDetails, 'argument' | 'renderedLine'>>;

/** Loaded with the first definition: its tables take as long as a whole start. */
const load = createRequire(import.meta.url);

/** Reads the XML of a template or of virsh; `argument` is the task's argument it came from. */
export function parseXml(text: string, root: string, argument?: Path): Xml {
  const refuse = (why: string) =>
    problem('PV5301', `the ${root} definition ${why}`, {
      ...(argument && { argument }),
      help: `-C -D shows what the template gives; it must be one <${root}>, every element closed`,
    });
  let mistake: string | undefined;
  const onError = (_level: string, message: string): never => {
    mistake ??= message;
    throw new Error(message);
  };
  let element: DomElement | null;
  try {
    const { DOMParser } = load('@xmldom/xmldom') as typeof import('@xmldom/xmldom');
    element = new DOMParser({ onError }).parseFromString(text.trim(), 'text/xml').documentElement;
  } catch (error) {
    throw refuse(`is not well-formed XML: ${(mistake ?? (error as Error).message).replaceAll(/\s+/g, ' ').trim()}`);
  }
  if (element?.nodeName !== root) throw refuse(`is a <${element?.nodeName ?? ''}>, not a <${root}>`);
  const before = text.slice(0, text.length - text.trimStart().length).split('\n').length - 1;
  return read(element, argument && { argument, renderedLine: before });
}

/** `origin` is the line before the first one. */
function read(element: DomElement, origin?: RenderedPlace): Xml {
  const children = Array.from(element.childNodes);
  const isElement = (node: { nodeType: number }): node is DomElement => node.nodeType === 1;
  const text = children
    .filter((node) => node.nodeType === 3 || node.nodeType === 4)
    .map((node) => node.nodeValue ?? '');
  return {
    name: element.nodeName,
    attributes: Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])),
    text: text.join('').trim(),
    children: children.filter(isElement).map((child) => read(child, origin)),
    ...(origin && { at: { ...origin, renderedLine: origin.renderedLine + (element.lineNumber ?? 1) } }),
  };
}

/** The element as text, two spaces a level. */
export function formatXml(element: Xml, indent = ''): string {
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
  const open = `${indent}<${element.name}${attributes}`;
  if (element.children.length > 0) {
    const inside = element.children.map((child) => formatXml(child, `${indent}  `)).join('');
    return `${open}>\n${inside}${indent}</${element.name}>\n`;
  }
  return element.text === '' ? `${open}/>\n` : `${open}>${escaped(element.text)}</${element.name}>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** All elements at a path below `element`: `elementsAt(domain, 'devices/disk')`. */
export function elementsAt(element: Xml, path: string): readonly Xml[] {
  return path
    .split('/')
    .reduce<readonly Xml[]>(
      (level, name) => level.flatMap((item) => item.children.filter((child) => child.name === name)),
      [element],
    );
}

export function elementAt(element: Xml, path: string): Xml | undefined {
  return elementsAt(element, path)[0];
}

/** The text at a path, or an attribute: `textAt(domain, 'devices/serial/source/@path')`. */
export function textAt(element: Xml, path: string): string | undefined {
  const [where = '', attribute] = path.startsWith('@') ? ['', path.slice(1)] : path.split('/@');
  const found = where === '' ? element : elementAt(element, where);
  return attribute === undefined ? found?.text : found?.attributes[attribute];
}

export function withoutChild(element: Xml, name: string): Xml {
  return { ...element, children: element.children.filter((child) => child.name !== name) };
}

/** Puts `child` in the place of the one of its name, or right behind the child named `after`. */
export function withChild(element: Xml, child: Xml, after: string): Xml {
  const others = withoutChild(element, child.name).children;
  const at = others.findIndex(({ name }) => name === after) + 1;
  return { ...element, children: [...others.slice(0, at), child, ...others.slice(at)] };
}
