import type { Progress } from '../core/plan.ts';
import { adviceFor, nothingRead, type Reading, readLine } from './console-reading.ts';
import { plainText } from './console-text.ts';
import type { FailureKind } from './grammar.ts';

/** Why an installation stands still for good. */
export interface Failure {
  readonly kind: FailureKind;
  /** The headline of the screen: `Bad archive mirror`. */
  readonly title: string;
  /** The whole screen has been drawn. */
  readonly complete: boolean;
  /** What to do about it. */
  readonly help: string;
}

const screenLines = 24;
/** No line of an installer is longer; a console that breaks none is read in pieces. */
const longestLine = 2048;

/**
 * What an installer's console says, read in pieces of any size: phase and percent, host keys of the new system, an
 * error screen, the end. It depends on what was said alone, not on how that came in pieces.
 */
export class SerialLog {
  private readonly marker: RegExp;
  private rest = '';
  private open = '';
  /** What whole lines told, and what the one that is not ended yet adds to it. */
  private ended: Reading = nothingRead;
  private reading: Reading = nothingRead;

  /** `marker`: a line that means success. */
  constructor(marker: RegExp) {
    this.marker = marker;
  }

  /** True when the piece shows something; the clock of the status line and control sequences are nothing. */
  feed(piece: string): boolean {
    const { shown, rest } = plainText(this.rest + piece);
    this.rest = rest;
    const lines = (this.open + shown).split('\n').flatMap(inPieces);
    this.open = lines.pop() ?? '';
    for (const text of lines) this.ended = readLine(this.ended, { text, ended: true }, this.marker);
    const begun = { text: this.open, ended: false };
    this.reading = this.open === '' ? this.ended : readLine(this.ended, begun, this.marker);
    return /\S/.test(shown);
  }

  /** Where the installation stands. */
  get progress(): Progress | undefined {
    const { mark } = this.reading;
    if (!mark) return undefined;
    const line = this.shownLines().at(-1);
    const percent = mark.percent === undefined ? {} : { percent: mark.percent };
    return { phase: mark.phase, ...percent, ...(line !== undefined && { line }) };
  }

  get mark(): Reading['mark'] {
    return this.reading.mark;
  }

  /** Public host keys of the new system, one of each type: `ssh-ed25519 AAAA…`. */
  get hostKeys(): readonly string[] {
    return [...this.reading.hostKeys.values()];
  }

  /** The error or question at which the installer stands. */
  get failure(): Failure | undefined {
    const { stop } = this.reading;
    return stop && { kind: stop.rule.kind, title: stop.title, complete: stop.complete, help: adviceFor(stop) };
  }

  /** The installer has done its last work and asked the machine to go down. */
  get goesDown(): boolean {
    return this.reading.goesDown;
  }

  /** The marker of success has been seen. */
  get done(): boolean {
    return this.reading.done;
  }

  /** The last screen as text. */
  get screen(): string {
    return this.shownLines().slice(-screenLines).join('\n');
  }

  private shownLines(): readonly string[] {
    const trimmed = this.reading.lines.map((line) => line.trimEnd());
    return trimmed
      .filter((line, at) => line !== '' || (at > 0 && trimmed[at - 1] !== ''))
      .join('\n')
      .trim()
      .split('\n');
  }
}

function inPieces(line: string): readonly string[] {
  if (line.length <= longestLine) return [line];
  return [line.slice(0, longestLine), ...inPieces(line.slice(longestLine))];
}
