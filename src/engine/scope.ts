import { ProvisionError, problem } from '../core/diagnostic.ts';
import { isSecretName, type Secrets } from '../core/secret.ts';
import type { Path, Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';
import { evaluate } from '../render/expression.ts';
import { scopeFunctions } from '../render/functions.ts';
import type { Scope } from '../render/scope.ts';
import { guestsOf } from './guests.ts';
import { type LazyKeys, lazyMap } from './lazy-map.ts';

export interface ScopeSource {
  readonly inventory: Inventory;
  /** Inventory name. */
  readonly host: string;
  /** All layers that stand in files, weakest first. */
  readonly layers: readonly VariableLayer[];
  /** Registered results, `set_fact`, `item`, facts: never evaluated again; stronger than layers, weaker than `extra`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `--extra-vars`, weakest first. */
  readonly extra: readonly VariableLayer[];
  readonly secrets: Secrets;
  /** The data of another host, for `hostvars`. */
  readonly dataOf?: (host: string) => Readonly<Record<string, unknown>>;
}

/** What a task sees on a host. Variables are evaluated when they are used, once. */
export function createScope(source: ScopeSource): Scope {
  return scopeOf(source, { source, evaluating: [] });
}

/** The scopes that see each other through `hostvars` and `guests`, and what is being evaluated in them just now. */
interface Family {
  readonly source: ScopeSource;
  readonly evaluating: Evaluation[];
  /** Made when a task first looks at another host; most never do. */
  others?: Map<string, Scope>;
  variables?: Map<string, object>;
}

interface Evaluation {
  readonly scope: Scope;
  readonly name: string;
  readonly host: string;
  readonly at?: () => Span | undefined;
}

type Own = Pick<ScopeSource, 'host' | 'layers' | 'data'>;

/** Where a variable gets its value: the strongest layer that has it, or data. */
type Origin = { readonly layer: VariableLayer } | { readonly data: unknown };

/** What a task asks for again and again is looked up once; a scope lasts no longer than what its data says. */
function scopeOf(own: Own, family: Family): Scope {
  const known = new Map<string, unknown>();
  const origins = new Map<string, Origin | undefined>();
  const { inventory, secrets } = family.source;
  const origin = (name: string): Origin | undefined => {
    if (!origins.has(name)) origins.set(name, originOf(name, own, family));
    return origins.get(name);
  };
  const scope: Scope = {
    secrets,
    has: (name) => Object.hasOwn(addedNames, name) || origin(name) !== undefined || Object.hasOwn(scopeFunctions, name),
    resolve: (name) => {
      if (!known.has(name)) known.set(name, compute(name));
      return known.get(name);
    },
    names: () => [
      ...new Set([...Object.keys(addedNames), ...variableNames(own, family), ...Object.keys(scopeFunctions)]),
    ],
    get whereToDefine() {
      return whereToDefine(own.host, inventory);
    },
    placeOf: (name) => placeOf(origin(name), name),
  };
  const compute = (name: string): unknown => {
    if (Object.hasOwn(addedNames, name)) return addedNames[name]?.({ host: own.host, scope, family });
    const found = origin(name);
    if (found === undefined && Object.hasOwn(scopeFunctions, name)) {
      return scopeFunctions[name]?.create({ scope, secrets, environment: process.env });
    }
    return evaluatedValue(found, { scope, name, host: own.host }, family);
  };
  return scope;
}

function originOf(name: string, { layers, data }: Own, { source }: Family): Origin | undefined {
  const last = (among: readonly VariableLayer[]) => among.findLast(({ values }) => Object.hasOwn(values, name));
  const extra = last(source.extra);
  if (extra !== undefined) return { layer: extra };
  if (Object.hasOwn(data, name) && data[name] !== undefined) return { data: data[name] };
  const layer = last(layers);
  return layer && { layer };
}

function variableNames({ layers, data }: Own, { source }: Family): string[] {
  const named = [...layers, ...source.extra].flatMap(({ values }) => Object.keys(values));
  return [...named, ...Object.keys(data).filter((name) => data[name] !== undefined)];
}

function placeOf(origin: Origin | undefined, name: string): Span | undefined {
  if (origin === undefined || !('layer' in origin)) return undefined;
  return origin.layer.document?.locate([...origin.layer.path, name], 'key');
}

function evaluatedValue(origin: Origin | undefined, use: Evaluation, { evaluating, source }: Family): unknown {
  if (origin === undefined) throw undefinedName(use);
  if ('data' in origin) return origin.data;
  const { layer } = origin;
  const { scope, name } = use;
  const started = evaluating.findIndex((other) => other.scope === scope && other.name === name);
  if (started >= 0) throw cycle(evaluating.slice(started));
  evaluating.push({ ...use, at: () => placeOf(origin, name) });
  try {
    const locate = (path: Path) => layer.document?.locate([...layer.path, name, ...path]);
    const value = evaluate(layer.values[name], scope, locate);
    if (isSecretName(name) && (typeof value === 'string' || typeof value === 'number'))
      source.secrets.add(String(value));
    return value;
  } finally {
    evaluating.pop();
  }
}

function undefinedName({ scope, name }: Evaluation): ProvisionError {
  const near = didYouMean(name, scope.names());
  return problem('PV3001', `\`${name}\` is not defined`, {
    help: `define it in ${scope.whereToDefine}`,
    ...(near !== undefined && { label: near }),
  });
}

function cycle(chain: readonly Evaluation[]): ProvisionError {
  const [first] = chain;
  const title = ({ name, host }: Evaluation) => (host === first?.host ? name : `hostvars.${host}.${name}`);
  const names = [...chain, ...chain.slice(0, 1)].map(title).join(' → ');
  const at = first?.at?.();
  const related = chain.slice(1).flatMap((item) => {
    const place = item.at?.();
    return place ? [{ at: place, message: `\`${title(item)}\`` }] : [];
  });
  return new ProvisionError({
    code: 'PV3010',
    message:
      chain.length === 1 ? `\`${first?.name}\` is computed from itself` : `variables depend on each other: ${names}`,
    help: 'give one of them a value that does not use the others',
    related,
    ...(at && { at }),
  });
}

interface Asking {
  readonly host: string;
  readonly scope: Scope;
  readonly family: Family;
}

/** The names that provision adds to the variables of a host, each made when it is first used. */
const addedNames: Readonly<Record<string, (asking: Asking) => unknown>> = {
  host: ({ host }) => host,
  groups: ({ family }) => groupsOf(family.source.inventory),
  hostvars: ({ family }) => hostVariables(family),
  guests: ({ host, family }) => guestsIn(host, family).map((guest) => withName(guest, family)),
  ssh: ({ host, scope, family }) => evaluatedSsh(host, scope, family.source),
  facts: ({ host, family }) => family.source.dataOf?.(host).facts ?? unreadFacts(host),
};

const groupMaps = new WeakMap<Inventory, object>();

/** The same for all hosts and tasks. */
function groupsOf(inventory: Inventory): object {
  const known = groupMaps.get(inventory);
  if (known) return known;
  const groups = Object.fromEntries([...inventory.groups].map(([name, group]) => [name, group.hosts]));
  groupMaps.set(inventory, groups);
  return groups;
}

function guestsIn(host: string, family: Family): readonly string[] {
  return guestsOf(host, family.source, (other) => {
    const scope = otherScope(other, family);
    return scope.has('hypervisor') && scope.resolve('hypervisor') === host;
  });
}

function hostVariables(family: Family): object {
  const { hosts } = family.source.inventory;
  return lazyMap({
    has: (name) => hosts.has(name),
    keys: () => [...hosts.keys()],
    make: (name) => variablesOf(name, family),
  });
}

/** The scope of another host: its own variables, and nothing of the play that runs on this one. */
function otherScope(host: string, family: Family): Scope {
  family.others ??= new Map();
  const before = family.others.get(host);
  if (before !== undefined) return before;
  const { inventory, dataOf } = family.source;
  const scope = scopeOf({ host, layers: inventory.hosts.get(host)?.layers ?? [], data: dataOf?.(host) ?? {} }, family);
  family.others.set(host, scope);
  return scope;
}

function variablesOf(host: string, family: Family): object {
  family.variables ??= new Map();
  const before = family.variables.get(host);
  if (before !== undefined) return before;
  const variables = lazyMap(variablesIn(host, family));
  family.variables.set(host, variables);
  return variables;
}

function variablesIn(host: string, family: Family): LazyKeys {
  const scope = otherScope(host, family);
  const { inventory, dataOf } = family.source;
  const own: Own = { host, layers: inventory.hosts.get(host)?.layers ?? [], data: dataOf?.(host) ?? {} };
  const names = new Set([...variableNames(own, family), 'ssh']);
  return { has: (name) => names.has(name), keys: () => [...names], make: (name) => scope.resolve(name) };
}

function withName(host: string, family: Family): object {
  const { has, keys, make } = variablesIn(host, family);
  return lazyMap({
    has: (key) => key === 'name' || has(key),
    keys: () => [...keys().filter((key) => key !== 'name'), 'name'],
    make: (key) => (key === 'name' ? host : make(key)),
  });
}

function evaluatedSsh(name: string, scope: Scope, { inventory, secrets }: ScopeSource): unknown {
  const host = inventory.hosts.get(name);
  const ssh = evaluate(host?.ssh ?? {}, scope, () => host?.at) as Readonly<Record<string, unknown>>;
  for (const key of ['password', 'become_password', 'passphrase']) {
    if (typeof ssh[key] === 'string') secrets.add(ssh[key]);
  }
  return ssh;
}

function unreadFacts(host: string): never {
  throw problem('PV3014', `the facts of ${host} are not known here`, {
    help: 'they are read at the beginning of a play, of the hosts that it is for',
  });
}

function whereToDefine(host: string, inventory: Inventory): string {
  const file = inventory.hosts.get(host)?.at.source.name;
  return file === undefined ? 'the vars of the play' : `${file} under host ${host}, or in the vars of the play`;
}
