/** Two changes within one tick of the kernel's clock have no order that a file system could show. */
const tickSeconds = 0.02;

/** What `listTimes` prints. */
export type Times = string;

/**
 * When what is below the current directory was changed. Not directories themselves: files that are written together are
 * made ready together, beside where they are to be, and where one of them fails, those behind it go away again.
 */
export const listTimes = `find . ! -type d -printf '%T@ %p\\n'`;

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
