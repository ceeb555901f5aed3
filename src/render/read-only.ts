import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { elsewhere, Failure } from './failure.ts';
import { plainValue } from './plain-value.ts';
import type { Realm } from './sandbox.ts';

/** One evaluation's view of the data; the same object is always seen as the same. */
export interface View {
  readonly realm: Realm;
  readonly seen: WeakMap<object, unknown>;
  /** Where a name was defined. */
  readonly placeOf?: (name: string) => Span | undefined;
}

type Source = Readonly<Record<string, unknown>>;

/**
 * Data as an expression sees it: objects of its own realm that cannot be changed, and that object to being asked for
 * what they do not have. `path` is what the reader calls it: `guests[0].ssh`.
 */
export function readOnly(value: unknown, path: string, view: View): unknown {
  if (typeof value === 'function') return functionOf(value as (...args: readonly unknown[]) => unknown, path, view);
  if (typeof value !== 'object' || value === null) return value;
  const before = view.seen.get(value);
  if (before !== undefined) return before;
  const proxy = Array.isArray(value) ? listOf(value, path, view) : mapOf(value as Source, path, view);
  view.seen.set(value, proxy);
  return proxy;
}

function functionOf(call: (...args: readonly unknown[]) => unknown, path: string, view: View): unknown {
  return view.realm.newFunction((args) => {
    const plain = args.map((argument) => (argument === undefined ? undefined : plainValue(argument, 'the argument')));
    return readOnly(
      elsewhere(() => call(...plain)),
      `${path}(…)`,
      view,
    );
  });
}

function mapOf(source: Source, path: string, view: View): object {
  const defined = (key: PropertyKey): key is string => typeof key === 'string' && isDefined(source, key);
  const read = (key: string): unknown =>
    readOnly(
      elsewhere(() => source[key]),
      childPath(path, key),
      view,
    );
  return new Proxy(view.realm.newObject(), {
    ...refuseChanges(path),
    get: (target, key) => {
      if (defined(key)) return read(key);
      if (key === Symbol.toPrimitive) throw notText('a map', path);
      if (typeof key === 'symbol' || key === 'toJSON') return undefined;
      if (key === 'hasOwnProperty') return Reflect.get(target, key);
      throw missingKey(source, key, path, view);
    },
    has: (_target, key) => defined(key),
    ownKeys: () => Object.keys(source).filter(defined),
    getOwnPropertyDescriptor: (_target, key) => {
      if (!defined(key)) return undefined;
      const lazy = Object.getOwnPropertyDescriptor(source, key)?.get !== undefined;
      const shown = lazy ? { get: view.realm.newFunction(() => read(key)) } : { value: read(key), writable: true };
      return { ...shown, enumerable: true, configurable: true };
    },
  });
}

function listOf(source: readonly unknown[], path: string, view: View): object {
  const target = view.realm.newList();
  target.length = source.length;
  const inside = (key: PropertyKey): key is string => typeof key === 'string' && isIndex(key) && Number(key) in source;
  const read = (key: string): unknown => readOnly(source[Number(key)], `${path}[${key}]`, view);
  return new Proxy(target, {
    ...refuseChanges(path),
    get: (_target, key) => {
      if (inside(key)) return read(key);
      if (key === Symbol.toPrimitive) throw notText('a list', path);
      if (typeof key === 'symbol' || key === 'toJSON' || key in target) return Reflect.get(target, key);
      throw missingItem(source, key, path, view);
    },
    has: (_target, key) => inside(key) || Reflect.has(target, key),
    ownKeys: () => [...source.keys()].map(String).concat('length'),
    getOwnPropertyDescriptor: (_target, key) => {
      if (!inside(key)) return Reflect.getOwnPropertyDescriptor(target, key);
      return { value: read(key), writable: true, enumerable: true, configurable: true };
    },
  });
}

/** A key that is there with a value; a lazy one counts without being evaluated. */
function isDefined(source: Source, key: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(source, key);
  return descriptor !== undefined && (descriptor.get !== undefined || descriptor.value !== undefined);
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key);
}

export function childPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function missingKey(source: Source, key: string, path: string, view: View): Failure {
  const keys = Object.keys(source);
  const near = didYouMean(key, keys);
  const shown = keys.slice(0, 10).join(', ') + (keys.length > 10 ? ', …' : '');
  const has = keys.length === 0 ? `\`${path}\` is empty` : `\`${path}\` has: ${shown}`;
  const full = childPath(path, key);
  const help = `${has}; what may be missing is asked for with \`has('${full}')\` or \`get('${full}', default)\``;
  return new Failure('PV3002', `\`${full}\` is not defined`, {
    help,
    ...(near !== undefined && { label: near }),
    ...definition(path, view),
  });
}

function missingItem(source: readonly unknown[], key: string, path: string, view: View): Failure {
  const count = source.length === 1 ? '1 item' : `${source.length} items`;
  const full = isIndex(key) ? `${path}[${key}]` : childPath(path, key);
  const help = `\`${path}\` is a list of ${count}`;
  return new Failure('PV3002', `\`${full}\` is not defined`, { help, ...definition(path, view) });
}

/** Points to the definition that lacks something. */
function definition(path: string, view: View) {
  const [name = path] = path.split(/[.[(]/);
  const at = view.placeOf?.(name);
  return at === undefined ? {} : { related: [{ at, message: `\`${name}\` is defined here` }] };
}

function notText(kind: string, path: string): Failure {
  const help = kind === 'a list' ? `join its items: \`${path}.join(' ')\`` : `take a part of it: \`${path}.…\``;
  return new Failure('PV3006', `\`${path}\` is ${kind} and cannot be used as text or number`, { help });
}

function refuseChanges(path: string) {
  const refuse = (): never => {
    const help = 'make a new one: `[...list].sort()`, `[...list, item]`, `{ ...map, key: value }`';
    throw new Failure('PV3009', `\`${path}\` cannot be changed by an expression`, { help });
  };
  return {
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    preventExtensions: refuse,
    setPrototypeOf: refuse,
  };
}
