import type { Code } from './codes.ts';
import { type Path, positionOf, type Span } from './source.ts';

/** One problem, told so that the reader can mend it: a code, a place, what happened, what to do. */
export interface Diagnostic {
  readonly code: Code;
  readonly message: string;
  /** Where in the user's files. */
  readonly at?: Span;
  /** Said beside the marked place in the excerpt. */
  readonly label?: string;
  /** Which argument of the task is meant; the engine turns it into `at`. */
  readonly argument?: Path;
  /** Line, from 1, of the text that the template of this argument gave; the engine turns it into a line of the template. */
  readonly renderedLine?: number;
  /** Further places that belong to it: the other of two guests with one address. */
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
  /** What to do about it. */
  readonly help?: string;
  /** Text that shows what happened: the end of a serial log, what a command wrote. */
  readonly transcript?: string;
}

export type DiagnosticDetails = Omit<Diagnostic, 'code' | 'message'>;

/** The only error thrown on purpose; carries one or more diagnostics. */
export class ProvisionError extends Error {
  readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];
  /** What is doubtful beside them. */
  readonly warnings: readonly Diagnostic[] = [];

  constructor(first: Diagnostic, ...others: readonly Diagnostic[]) {
    super(first.message);
    this.name = 'ProvisionError';
    this.diagnostics = [first, ...others];
  }
}

/** The error for one diagnostic: `throw problem('PV1201', 'there is no module `libvrt.pool`', { at })`. */
export function problem(code: Code, message: string, details: DiagnosticDetails = {}): ProvisionError {
  return new ProvisionError({ code, message, ...details });
}

/** Collects diagnostics so that all mistakes in the files are reported at once. */
export class Problems {
  private readonly list: Diagnostic[] = [];
  private readonly doubts: Diagnostic[] = [];

  /** Something that is not what was meant, most likely, but that nothing fails by. */
  warn(code: Code, message: string, details: DiagnosticDetails = {}): void {
    this.doubts.push({ code, message, ...details });
  }

  /** What `warn` was told, sorted by place, each once. */
  get warnings(): readonly Diagnostic[] {
    return inOrder(this.doubts, this.list);
  }

  add(code: Code, message: string, details: DiagnosticDetails = {}): void {
    this.list.push({ code, message, ...details });
  }

  /** Runs `work`; what it throws on purpose is kept and `undefined` returned. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.keep(error);
      return undefined;
    }
  }

  keep(error: unknown): void {
    if (!(error instanceof ProvisionError)) throw error;
    this.list.push(...error.diagnostics);
    this.doubts.push(...error.warnings);
  }

  get count(): number {
    return this.list.length;
  }

  /** Throws everything collected, sorted by place, each mistake once; the warnings go with them. */
  throwIfAny(): void {
    const [first, ...others] = inOrder(this.list);
    if (first) throw Object.assign(new ProvisionError(first, ...others), { warnings: this.warnings });
  }
}

function inOrder(diagnostics: readonly Diagnostic[], beside: readonly Diagnostic[] = []): readonly Diagnostic[] {
  const seen = new Set<string>();
  const explaining = [...diagnostics, ...beside].filter(({ code }) => explainsItsLine.test(code));
  const explained = new Set(explaining.map(lineOf));
  return [...diagnostics].sort(byPlace).filter((item) => {
    if (item.at && !explainsItsLine.test(item.code) && explained.has(lineOf(item))) return false;
    const key = `${item.code} ${item.at?.source.name} ${item.at?.start} ${item.message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** What YAML took otherwise than it was meant, and tags around a condition: whatever else is odd there follows from it. */
const explainsItsLine = /^PV(10\d\d|1110)$/;

function lineOf({ at }: Diagnostic): string {
  return at ? `${at.source.name}:${positionOf(at.source, at.start).line}` : '';
}

/** By file and line, to sort by. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  const file = (a.at?.source.name ?? '').localeCompare(b.at?.source.name ?? '');
  return file !== 0 ? file : (a.at?.start ?? 0) - (b.at?.start ?? 0);
}
