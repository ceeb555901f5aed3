import type { Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import { placeOf, positionOf, type Span } from '../core/source.ts';
import { codeFrame, type FrameLayout } from './code-frame.ts';
import { concealValues } from './conceal-values.ts';
import { createPaint } from './style.ts';
import { stripControls, wrapText } from './terminal-text.ts';

export interface TextOptions {
  /** Columns; `Infinity` where lines are never broken, as in logs. */
  readonly width: number;
  readonly colour: boolean;
}

type Told = TextOptions & { readonly severity?: 'error' | 'warning' };

const mostShown = 20;
const transcriptLines = 20;

/** A diagnostic as the user reads it: what, the place with its excerpt, what belongs to it, what to do. */
export function diagnosticText(diagnostic: Diagnostic, options: Told): string {
  const layout = { gutter: gutterOf(diagnostic), width: options.width, paint: createPaint(options.colour) };
  const severity = options.severity ?? 'error';
  const lines = heading(diagnostic, severity, layout);
  if (diagnostic.at) lines.push(...excerpt(diagnostic.at, diagnostic.label, layout));
  for (const other of diagnostic.related ?? []) lines.push(...excerpt(other.at, other.message, layout));
  lines.push(...transcript(diagnostic.transcript ?? '', layout));
  if (diagnostic.help) lines.push(...help(diagnostic.help, layout));
  return lines.join('\n');
}

/** Many diagnostics, an empty line between them; after twenty only how many more there are. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], options: Told): string {
  const blocks = diagnostics.slice(0, mostShown).map((item) => diagnosticText(item, options));
  const left = diagnostics.length - blocks.length;
  if (left > 0) blocks.push(`and ${left} more ${options.severity ?? 'error'}${left === 1 ? '' : 's'}`);
  return blocks.join('\n\n');
}

/** What is wrong, and before it what is doubtful: the end is what stays on the screen. */
export function mistakesText(
  { diagnostics, warnings }: Pick<ProvisionError, 'diagnostics' | 'warnings'>,
  options: TextOptions,
): string {
  const doubts = warnings.length > 0 ? [diagnosticsText(warnings, { ...options, severity: 'warning' })] : [];
  return [...doubts, diagnosticsText(diagnostics, options)].join('\n\n');
}

function gutterOf(diagnostic: Diagnostic): number {
  const spans = [diagnostic.at, ...(diagnostic.related ?? []).map((other) => other.at)];
  return Math.max(2, ...spans.map((span) => (span ? String(positionOf(span.source, span.start).line).length : 0)));
}

function heading({ code, message }: Diagnostic, severity: 'error' | 'warning', layout: FrameLayout): string[] {
  const [first = '', ...others] = wrapText(`${severity} ${code}: ${stripControls(message)}`, layout.width);
  const tag = `${severity} ${code}`;
  const painted = layout.paint(severity === 'error' ? 'red' : 'yellow', tag);
  return [`${painted}${first.slice(tag.length)}`, ...others.map((line) => `${margin(layout)}${line}`)];
}

function excerpt(at: Span, label: string | undefined, layout: FrameLayout): string[] {
  const place = `${margin(layout)}${layout.paint('cyan', placeOf(at))}`;
  if (at.source.text === '') return label ? [place, `${margin(layout)}${label}`] : [place];
  return [place, ...codeFrame({ ...at, source: concealValues(at.source) }, label, layout)];
}

/** What a host wrote, set off from our own words. */
function transcript(text: string, layout: FrameLayout): string[] {
  const lines = stripControls(text).trimEnd().split('\n');
  if (lines.length === 1 && lines[0] === '') return [];
  const shown = lines.slice(-transcriptLines).flatMap((line) => wrapText(line, layout.width - layout.gutter - 3));
  const left = lines.length - transcriptLines;
  const more = left > 0 ? [`… ${left} ${left === 1 ? 'line' : 'lines'} before these`] : [];
  return [...more, ...shown].map((line) => `${margin(layout)}${layout.paint('dim', '>')} ${line}`.trimEnd());
}

function help(text: string, layout: FrameLayout): string[] {
  const label = 'help: ';
  const lines = wrapText(text, layout.width - layout.gutter - 1 - label.length);
  return lines.map((line, index) => {
    const lead = index === 0 ? layout.paint('cyan', label) : ' '.repeat(label.length);
    return `${margin(layout)}${lead}${line}`;
  });
}

function margin(layout: FrameLayout): string {
  return ' '.repeat(layout.gutter + 1);
}
