/** @throws where there is nothing to take the middle of */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('no values, so no median');
  return (upper + lower) / 2;
}

/** Growth per unit between two points. */
export function slope(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): number {
  return (to[1] - from[1]) / (to[0] - from[0]);
}
