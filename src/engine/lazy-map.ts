/** What a map has, without the values. */
export interface LazyKeys {
  has(key: string): boolean;
  keys(): readonly string[];
  make(key: string): unknown;
}

/** A map whose values are made when they are read: a thousand hosts cost nothing to the task that asks for one. */
export function lazyMap(lazy: LazyKeys): object {
  const holds = (key: PropertyKey): key is string => typeof key === 'string' && lazy.has(key);
  return new Proxy(
    {},
    {
      has: (_target, key) => holds(key),
      get: (target, key) => (holds(key) ? lazy.make(key) : Reflect.get(target, key)),
      ownKeys: () => [...lazy.keys()],
      getOwnPropertyDescriptor: (_target, key) =>
        holds(key) ? { get: () => lazy.make(key), enumerable: true, configurable: true } : undefined,
    },
  );
}
