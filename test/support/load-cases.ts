import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Document, isScalar, type Node, parseDocument, visit } from 'yaml';
import { problem } from '../../src/core/diagnostic.ts';
import type { AnyModule } from '../../src/modules/module.ts';
import { findModule } from '../../src/modules/registry.ts';
import { checkArguments } from '../../src/schema/check.ts';

const testRoot = new URL('..', import.meta.url).pathname;

/** One YAML file of `test/plans/<family>/<name>/` or `test/reads/<family>/<name>/`. */
export interface Case {
  /** `libvirt/volume/grow`. */
  readonly title: string;
  /** `libvirt.volume`. */
  readonly module: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** With UPDATE_CASES=1: puts what came out into the file, for a person to read before it is committed. */
  update(expected: Readonly<Record<string, unknown>>): void;
}

/** What each kind of case expects. */
const expectedKeys = { plans: ['steps', 'refused'], reads: ['state', 'refused'] } as const;

export function loadCases(kind: 'plans' | 'reads'): Case[] {
  const files = readdirSync(`${testRoot}${kind}`, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => loadCase(kind, file));
}

function loadCase(kind: 'plans' | 'reads', name: string): Case {
  const file = `${testRoot}${kind}/${name}`;
  const title = name.replace(/\.yaml$/, '');
  const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: true });
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake) throw new Error(`${relative(process.cwd(), file)}: ${mistake.message}`);
  return {
    title,
    module: title.split('/').slice(0, 2).join('.'),
    content: document.toJS() as Record<string, unknown>,
    update: (expected) => rewrite(file, document, { keys: expectedKeys[kind], expected }),
  };
}

interface Expectation {
  readonly keys: readonly string[];
  readonly expected: Readonly<Record<string, unknown>>;
}

function rewrite(file: string, document: Document, { keys, expected }: Expectation): void {
  for (const key of keys) {
    if (key in expected)
      document.set(key, compact(document.createNode(expected[key], { aliasDuplicateObjects: false })));
    else document.delete(key);
  }
  writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

/** Short lists on one line. */
function compact(node: Node): Node {
  visit(node, {
    Seq: (_, list) => {
      if (list.items.every(isScalar) && JSON.stringify(list).length < 80) list.flow = true;
    },
  });
  return node;
}

export const updating = process.env.UPDATE_CASES === '1';

export function moduleOf(item: Case): AnyModule {
  const module = findModule(item.module);
  if (!module) throw new Error(`${item.title}: the registry has no module ${item.module}`);
  return module;
}

/**
 * The arguments of a case as the engine would hand them over: checked strictly, defaults filled in. What a template
 * with variants gives stands there as a map of its texts.
 */
export function argumentsOf(item: Case, module: AnyModule): Record<string, unknown> {
  const given = (item.content.args ?? {}) as Record<string, unknown>;
  const rendered = Object.entries(given).filter(([name]) => Array.isArray(module.args.properties[name]?.template));
  const files = Object.fromEntries(rendered.map(([name]) => [name, `${name}.ejs`]));
  const { values, diagnostics } = checkArguments(module, { ...given, ...files }, () => undefined);
  const [first] = diagnostics;
  if (first) throw problem(first.code, `${item.title}: ${first.message}`, first);
  return { ...values, ...Object.fromEntries(rendered) };
}
