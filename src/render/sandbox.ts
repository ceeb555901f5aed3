import { type Context, createContext, Script } from 'node:vm';

/** Names that a compiled text uses itself; they are looked up outside of the scope. */
export const internalNames: ReadonlySet<string> = new Set(['__locals', '__output', '__append', 'escapeFn']);

/** What of JavaScript an expression can name. */
export const standardNames: readonly string[] = [
  ...['JSON', 'Math', 'Number', 'String', 'Boolean', 'Object', 'Array', 'Date', 'Set', 'Map', 'RegExp'],
  ...['parseInt', 'parseFloat', 'encodeURIComponent', 'decodeURIComponent', 'undefined', 'NaN', 'Infinity'],
];

/** A world of its own for expressions: its objects have nothing to do with those of the process. */
export interface Realm {
  readonly standard: ReadonlyMap<string, unknown>;
  newObject(): object;
  newList(): unknown[];
  /** A function of that world which does what `call` does. */
  newFunction(call: (args: readonly unknown[]) => unknown): (...args: readonly unknown[]) => unknown;
  /** The function that a piece of code describes. */
  compile(code: string, name: string): (...args: readonly unknown[]) => unknown;
  /** Runs `work`, ended after `limit` milliseconds unless it runs inside of another that has its own. */
  guard<T>(work: () => T, limit: number): T;
}

let shared: Realm | undefined;

/** The one realm of the process, made when the first expression is evaluated. */
export function realm(): Realm {
  shared ??= createRealm();
  return shared;
}

const enter = new Script('__enter()', { filename: 'provision:enter' });

function createRealm(): Realm {
  let work: (() => unknown) | undefined;
  const global = Object.create(null) as Record<string, unknown>;
  const context = createContext(global, { codeGeneration: { strings: false, wasm: false } });
  const run = (code: string, filename: string): unknown => runIn(context, code, filename);
  run(freezeEverything, 'provision:freeze');
  // Only now: freezing must not follow it into our own world.
  global.__enter = () => work?.();
  const values = run(`[${standardNames.join(', ')}]`, 'provision:standard') as readonly unknown[];
  const standard = new Map(standardNames.map((name, index) => [name, values[index]]));
  const makers = run(realmMakers, 'provision:makers') as Pick<Realm, 'newObject' | 'newList' | 'newFunction'>;
  return {
    standard,
    ...makers,
    compile: (code, name) => run(code, name) as ReturnType<Realm['compile']>,
    guard: <T>(job: () => T, limit: number): T => {
      if (work !== undefined) return job();
      work = job;
      try {
        return enter.runInContext(context, { timeout: limit, displayErrors: false }) as T;
      } finally {
        work = undefined;
      }
    },
  };
}

function runIn(context: Context, code: string, filename: string): unknown {
  return new Script(code, { filename }).runInContext(context, { displayErrors: false });
}

const realmMakers = `({
  newObject: () => ({}),
  newList: () => [],
  newFunction: (call) => (...args) => call(args),
})`;

/** All expressions of a run share one realm: what one could change in it, the others would see. */
const freezeEverything = `(() => {
  delete Array.fromAsync;
  const seen = new Set();
  const freeze = (item) => {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null || seen.has(item)) return;
    seen.add(item);
    for (const { value, get, set } of Object.values(Object.getOwnPropertyDescriptors(item))) [value, get, set].forEach(freeze);
    for (const symbol of Object.getOwnPropertySymbols(item)) freeze(Object.getOwnPropertyDescriptor(item, symbol).value);
    freeze(Object.getPrototypeOf(item));
    if (item !== globalThis) Object.freeze(item);
  };
  [globalThis, [][Symbol.iterator](), ''[Symbol.iterator](), new Map().entries(), new Set().values(),
    ''.matchAll(/x/g), function* () {}, (function* () {})()].forEach(freeze);
})()`;
