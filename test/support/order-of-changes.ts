/** Two changes within one tick of the kernel's clock have no order that a file system could show. */
const tickSeconds = 0.02;

/** Lines of `find -printf '%T@ %p\n'`. */
export type Times = string;

/** Pairs of entries that one run changed in this order and the other run the other way round. */
export function otherWayRound(one: Times, other: Times): readonly string[] {
  const [first, second] = [timesIn(one), timesIn(other)];
  const paths = [...first.keys()].filter((path) => second.has(path));
  return paths.flatMap((a) =>
    paths.filter((b) => isBefore(a, b, first) && isBefore(b, a, second)).map((b) => `${a} before ${b}`),
  );
}

function timesIn(listing: Times): ReadonlyMap<string, number> {
  const lines = listing.split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), Number.parseFloat(line)]));
}

function isBefore(a: string, b: string, times: ReadonlyMap<string, number>): boolean {
  return (times.get(b) ?? 0) - (times.get(a) ?? 0) > tickSeconds;
}
