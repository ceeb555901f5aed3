/** Edit distance with neighbouring letters swapped counted once (optimal string alignment), case ignored. */
function distance(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const above = rows[row - 1] ?? [];
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + cost);
      if (left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        best = Math.min(best, (rows[row - 2]?.[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    rows.push(current);
  }
  return rows[left.length]?.[right.length] ?? 0;
}

/** The known names nearest to a misspelt one, best first, at most three; none that is not really near. */
export function nearest(name: string, known: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, away: distance(name, candidate) }))
    .filter(({ candidate, away }) => (away <= limit && away < name.length) || candidate.endsWith(`.${name}`))
    .sort((a, b) => a.away - b.away || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `did you mean `memory`?`, or nothing where no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const names = nearest(name, known).map((candidate) => `\`${candidate}\``);
  return names.length === 0 ? undefined : `did you mean ${names.join(' or ')}?`;
}
