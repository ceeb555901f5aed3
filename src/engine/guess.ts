import type { HostState } from './play-context.ts';

/** What can be known before the tasks ahead have ended: left out where it depends on what they will register, or fails. */
export interface Guess<T> {
  readonly value: T;
}

/** Computes something ahead of its time. `awaited`: names of results that are still to come. */
export function guess<T>(
  host: HostState,
  awaited: ReadonlySet<string>,
  compute: (host: HostState) => T,
): Guess<T> | undefined {
  let early = false;
  const tooEarly = (): void => {
    early = true;
  };
  try {
    const value = compute(awaited.size === 0 ? host : { ...host, data: withAwaited(host.data, awaited, tooEarly) });
    return early ? undefined : { value };
  } catch {
    // Whatever it is, it is told in its turn: by then it may be no mistake any more.
    return undefined;
  }
}

/** The data of a host, with a trap for each name that is still to come or to be replaced. */
function withAwaited(
  data: Readonly<Record<string, unknown>>,
  awaited: ReadonlySet<string>,
  touched: () => void,
): Record<string, unknown> {
  const guarded = Object.defineProperties({}, Object.getOwnPropertyDescriptors(data));
  for (const name of awaited) Object.defineProperty(guarded, name, { get: touched, enumerable: true });
  return guarded;
}
