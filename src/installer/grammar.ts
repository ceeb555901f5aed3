/** Why nothing more is to be expected of an installation. */
export type FailureKind = 'error' | 'question' | 'start' | 'memory' | 'panic';

/** A line that tells how far an installation is. Named groups: `phase`, `percent`, or `count` and `of`. */
export interface PhaseRule {
  readonly line: RegExp;
  /** The phase that it means, where the line does not name one; with neither, the current one goes on. */
  readonly phase?: string;
  /** Counts only once its line has ended. */
  readonly whole?: true;
}

/**
 * A line at which an installation ends badly, or waits for somebody. Its first group is the headline; else `title`, else
 * the last line that is underlined.
 */
export interface StopRule {
  readonly kind: FailureKind;
  readonly line: RegExp;
  readonly title?: string;
  /** The line above is its headline, and just as long. */
  readonly underlines?: true;
  /** A line that ends what belongs to it; without one it counts as complete after a moment. */
  readonly complete?: RegExp;
}

/** What to do about a failure, by words of its screen. */
export interface Advice {
  readonly words: RegExp;
  readonly help: string;
}

/** What one kind of installer says on a serial console. All are read side by side: the log tells which one it is. */
export interface Grammar {
  readonly phases: readonly PhaseRule[];
  readonly stops: readonly StopRule[];
  readonly advice: readonly Advice[];
  /** The installer is through and asks the machine to go down: its disk is in order. */
  readonly goesDown?: RegExp;
  readonly hostKeys?: KeyMarks;
}

/** Public host keys of the new system stand between two marks. */
export interface KeyMarks {
  readonly from: RegExp;
  readonly to: RegExp;
  /** A line break between the marks is the console's own. */
  readonly wrapped?: true;
}
