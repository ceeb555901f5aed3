import { type Diagnostic, type DiagnosticDetails, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Output, Seconds } from '../core/plan.ts';
import { quote } from '../core/quote.ts';
import { NotStarted } from './chain.ts';
import type { Answer } from './exchange.ts';

const longestCommand = 160;
const linesShown = 20;

/** A command as a person would type it, short enough for a message. */
export function describe(argv: readonly string[]): string {
  const text = quote(argv).replace(/\s+/g, ' ');
  return text.length > longestCommand ? `${text.slice(0, longestCommand)}…` : text;
}

export interface Expectation {
  /** How the command is called at the beginning of a message: `` `id -u` ``, `the script`. */
  readonly title: string;
  readonly host: string;
  readonly exits: readonly number[];
  readonly timeout?: Seconds | undefined;
}

/** A command ended with an exit status that is no answer (PV5001); what it wrote is at hand for `register`. */
export class CommandFailed extends ProvisionError {
  readonly output: Output;

  constructor(diagnostic: Diagnostic, output: Output) {
    super(diagnostic);
    this.name = 'CommandFailed';
    this.output = output;
  }
}

/** The answer as text, or the reason why it is none. */
export function expectOutput(answer: Answer, expectation: Expectation): Output {
  refuseSkipped(answer, expectation.title);
  refuseCut(answer, expectation);
  const output = { exit: answer.exit, stdout: answer.stdout.toString('utf8'), stderr: answer.stderr.toString('utf8') };
  if (expectation.exits.includes(output.exit)) return output;
  const last = lastLine(output.stderr);
  const { title, host } = expectation;
  const why = output.exit === 127 ? ', which means that there is no such command' : last ? `: ${last}` : '';
  const message = `${title} ended with exit status ${output.exit}${why}`;
  throw new CommandFailed({ code: 'PV5001', message, help: `try it on ${host}`, ...transcript(answer) }, output);
}

/** Throws where the command was passed over. */
export function refuseSkipped({ skipped }: Answer, title: string): void {
  if (skipped) throw new NotStarted(title);
}

/** Throws where the command was stopped before its end. */
export function refuseCut(answer: Answer, { title, host, timeout }: Omit<Expectation, 'exits'>): void {
  const { cut } = answer;
  if (cut === undefined) return;
  if (typeof cut === 'object') throw cut.source;
  throw cutProblem(cut, { title, host, timeout, details: transcript(answer) });
}

interface CutPlace {
  readonly title: string;
  readonly host: string;
  readonly timeout: Seconds | undefined;
  readonly details: DiagnosticDetails;
}

function cutProblem(cut: 'timeout' | 'flood' | 'abort', place: CutPlace): ProvisionError | DOMException {
  const { title, host, timeout, details } = place;
  switch (cut) {
    case 'timeout':
      return problem(
        'PV5020',
        `${title} did not end ${timeout === undefined ? 'in time' : `within ${timeout} seconds`} and was stopped`,
        {
          help: `see on ${host} what it waits for, or give it more time where the module has a \`timeout\``,
          ...details,
        },
      );
    case 'flood':
      return problem('PV5021', `${title} wrote more than 64 MiB and was stopped`, {
        help: 'let it write into a file, or less',
      });
    case 'abort':
      return new DOMException(`${title} was stopped`, 'AbortError');
    default:
      return cut satisfies never;
  }
}

export function transcript({ stdout, stderr }: Answer): Pick<DiagnosticDetails, 'transcript'> {
  const text = `${tail(stdout)}${tail(stderr)}`.trim();
  return text === '' ? {} : { transcript: text.split('\n').slice(-linesShown).join('\n') };
}

function tail(bytes: Buffer): string {
  return bytes.subarray(-8192).toString('utf8');
}

export function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}
