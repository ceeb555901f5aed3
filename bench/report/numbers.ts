/** Two to three digits that mean something; more would only pretend. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export function orDash(value: number | undefined, unit = ''): string {
  return value === undefined ? '–' : `${shortNumber(value)}${unit}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`;
  return `${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}
