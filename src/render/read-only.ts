import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { elsewhere, Failure } from './failure.ts';
import { plainValue } from './plain-value.ts';
import type { Realm } from './sandbox.ts';
import type { Taint } from './taint.ts';

/** One evaluation's view of the data; the same object is always seen as the same. */
export interface View {
  readonly realm: Realm;
  readonly seen: WeakMap<object, unknown>;
  /** Where a name was defined. */
  readonly placeOf?: (name: string) => Span | undefined;
  /** Told of everything that is read. */
  readonly taint: Taint | undefined;
}

type Source = Readonly<Record<string, unknown>>;

/**
 * Data as an expression sees it: objects of its own realm that cannot be changed, and that object to being asked for
 * what they do not have. `path` is what the reader calls it: `guests[0].ssh`.
 */
export function readOnly(value: unknown, path: string, view: View): unknown {
  if (typeof value === 'function') return functionOf(value as (...args: readonly unknown[]) => unknown, path, view);
  if (typeof value !== 'object' || value === null) return noted(value, view);
  const before = view.seen.get(value);
  if (before !== undefined) return before;
  const proxy = Array.isArray(value) ? listOf(value, path, view) : mapOf(value as Source, path, view);
  view.seen.set(value, proxy);
  return proxy;
}

function functionOf(call: (...args: readonly unknown[]) => unknown, path: string, view: View): unknown {
  return view.realm.newFunction((args) => {
    const plain = args.map((argument) => (argument === undefined ? undefined : plainValue(argument, 'the argument')));
    const result = elsewhere(() => call(...plain));
    view.taint?.noteResult(plain, result);
    return isSimple(result) ? result : readOnly(result, `${path}(…)`, view);
  });
}

function mapOf(source: Source, path: string, view: View): object {
  return new Proxy(view.realm.newObject(), new MapHandler(source, path, view));
}

function listOf(source: readonly unknown[], path: string, view: View): object {
  const target = view.realm.newList();
  target.length = source.length;
  return new Proxy(target, new ListHandler(source, path, view));
}

/** Classes, not closures: a loop over hundreds of guests makes a handler for each. */
class Unchangeable {
  protected readonly path: string;
  protected readonly view: View;

  constructor(path: string, view: View) {
    this.path = path;
    this.view = view;
  }

  set(): never {
    const help = 'make a new one: `[...list].sort()`, `[...list, item]`, `{ ...map, key: value }`';
    throw new Failure('PV3009', `\`${this.path}\` cannot be changed by an expression`, { help });
  }

  defineProperty(): never {
    return this.set();
  }

  deleteProperty(): never {
    return this.set();
  }

  preventExtensions(): never {
    return this.set();
  }

  setPrototypeOf(): never {
    return this.set();
  }
}

class MapHandler extends Unchangeable implements ProxyHandler<object> {
  private readonly source: Source;

  constructor(source: Source, path: string, view: View) {
    super(path, view);
    this.source = source;
  }

  get(target: object, key: PropertyKey): unknown {
    if (isDefined(this.source, key)) return this.read(String(key));
    if (key === Symbol.toPrimitive) throw notText('a map', this.path);
    if (typeof key === 'symbol' || key === 'toJSON') return undefined;
    if (key === 'hasOwnProperty') return Reflect.get(target, key);
    throw missingKey(this.source, String(key), this.path, this.view);
  }

  has(_target: object, key: PropertyKey): boolean {
    return isDefined(this.source, key);
  }

  ownKeys(): string[] {
    return Object.keys(this.source).filter((key) => isDefined(this.source, key));
  }

  getOwnPropertyDescriptor(_target: object, key: PropertyKey): PropertyDescriptor | undefined {
    if (!isDefined(this.source, key)) return undefined;
    const lazy = Object.getOwnPropertyDescriptor(this.source, key)?.get !== undefined;
    const get = () => this.view.realm.newFunction(() => this.read(String(key)));
    const shown = lazy ? { get: get() } : { value: this.read(String(key)), writable: true };
    return { ...shown, enumerable: true, configurable: true };
  }

  private read(key: string): unknown {
    const value = elsewhere(() => this.source[key]);
    return isSimple(value) ? noted(value, this.view) : readOnly(value, childPath(this.path, key), this.view);
  }
}

class ListHandler extends Unchangeable implements ProxyHandler<unknown[]> {
  private readonly source: readonly unknown[];

  constructor(source: readonly unknown[], path: string, view: View) {
    super(path, view);
    this.source = source;
  }

  get(target: unknown[], key: PropertyKey): unknown {
    if (this.holds(key)) return this.read(String(key));
    if (key === Symbol.toPrimitive) throw notText('a list', this.path);
    if (typeof key === 'symbol' || key === 'toJSON' || key in target) return Reflect.get(target, key);
    throw missingItem(this.source, String(key), this.path, this.view);
  }

  has(target: unknown[], key: PropertyKey): boolean {
    return this.holds(key) || Reflect.has(target, key);
  }

  ownKeys(): string[] {
    return [...this.source.keys()].map(String).concat('length');
  }

  getOwnPropertyDescriptor(target: unknown[], key: PropertyKey): PropertyDescriptor | undefined {
    if (!this.holds(key)) return Reflect.getOwnPropertyDescriptor(target, key);
    return { value: this.read(String(key)), writable: true, enumerable: true, configurable: true };
  }

  private holds(key: PropertyKey): boolean {
    return typeof key === 'string' && isIndex(key) && Number(key) in this.source;
  }

  private read(key: string): unknown {
    const value = this.source[Number(key)];
    return isSimple(value) ? noted(value, this.view) : readOnly(value, `${this.path}[${key}]`, this.view);
  }
}

function noted(value: unknown, { taint }: View): unknown {
  taint?.note(value);
  return value;
}

/** Nothing that could be changed or asked for what it does not have. */
function isSimple(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** A key that is there with a value; a lazy one counts without being evaluated. */
function isDefined(source: Source, key: PropertyKey): boolean {
  if (typeof key !== 'string') return false;
  const descriptor = Object.getOwnPropertyDescriptor(source, key);
  return descriptor !== undefined && (descriptor.get !== undefined || descriptor.value !== undefined);
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key);
}

function childPath(path: string, key: string): string {
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
