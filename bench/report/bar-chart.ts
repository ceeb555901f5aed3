/** Bars in groups, the lengths on a logarithmic scale, as an SVG that can be read on light and on dark ground. */
export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

export interface BarGroup {
  readonly label: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

const width = 760;
const left = 150;
const right = 90;
const top = 44;
const barHeight = 16;
const groupGap = 30;

/** In the order in which contenders are named anywhere. */
const colours: Readonly<Record<string, string>> & { readonly floor: string } = {
  provision: '#2f7ed8',
  sketch: '#7a9a3a',
  pipe: '#7a9a3a',
  floor: '#8a8f98',
  mitogen: '#c08a1e',
  ansible_tuned: '#c8553d',
  ansible_default: '#93455a',
};

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .line { stroke: #8a8f98; stroke-opacity: 0.35; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
`;

export function barChart({ title, unit, groups }: BarChart): string {
  const scale = scaleFor(groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const body: string[] = [];
  let y = top;
  for (const { label, bars } of groups) {
    body.push(text({ x: 8, y: y + 16, style: 'group' }, label));
    y += groupGap - 6;
    for (const { name, value } of bars) {
      body.push(...bar({ name, value: `${shorten(value)} ${unit}`, length: scale.length(value), y }));
      y += barHeight + 4;
    }
    y += 12;
  }
  const lines = scale.ticks.map((tick) => gridLine(left + scale.length(tick), y));
  const labels = scale.ticks.map((tick) => text({ x: left + scale.length(tick), y: y + 14, style: 'tick' }, `${tick}`));
  return document(y + 24, title, [text({ x: 8, y: 22, style: 'title' }, title), ...lines, ...labels, ...body]);
}

interface Scale {
  readonly ticks: readonly number[];
  readonly length: (value: number) => number;
}

/** Whole powers of ten around all values. */
export function scaleFor(values: readonly number[]): Scale {
  const exponents = values.filter((value) => value > 0).map(Math.log10);
  const first = Math.floor(Math.min(0, ...exponents));
  const last = Math.max(first + 1, Math.ceil(Math.max(...exponents)));
  const room = width - left - right;
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** (first + index)).toPrecision(1))),
    length: (value) => (value > 0 ? ((Math.log10(value) - first) / (last - first)) * room : 0),
  };
}

interface Bar {
  readonly name: string;
  readonly value: string;
  readonly length: number;
  readonly y: number;
}

function bar({ name, value, length, y }: Bar): readonly string[] {
  const colour = colours[name] ?? colours.floor;
  return [
    text({ x: 20, y: y + 13, style: 'name' }, name),
    `<rect x="${left}" y="${y}" width="${Math.max(2, length).toFixed(1)}" height="${barHeight}" rx="2" fill="${colour}"/>`,
    text({ x: left + Math.max(2, length) + 6, y: y + 13, style: 'value' }, value),
  ];
}

function text({ x, y, style: name }: { x: number; y: number; style: string }, content: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}" class="${name}">${escaped(content)}</text>`;
}

function gridLine(x: number, bottom: number): string {
  return `<line class="line" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${top - 8}" y2="${bottom}"/>`;
}

function document(height: number, title: string, body: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escaped(title)}">`;
  return `${[open, `<style>${style}</style>`, ...body, '</svg>'].join('\n')}\n`;
}

function shorten(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
