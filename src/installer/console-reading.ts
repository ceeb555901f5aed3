import { anaconda } from './anaconda.ts';
import { cloudInit } from './cloud-init.ts';
import { debianInstaller } from './debian-installer.ts';
import type { Advice, FailureKind, Grammar, KeyMarks, StopRule } from './grammar.ts';
import { machineConsole } from './machine-console.ts';
import { subiquity } from './subiquity.ts';

const grammars: readonly Grammar[] = [machineConsole, debianInstaller, anaconda, subiquity, cloudInit];
const phaseRules = grammars.flatMap(({ phases }) => phases);
const stopRules = grammars.flatMap(({ stops, advice }) => stops.map((rule) => ({ ...rule, advice })));
const keyMarks = grammars.flatMap(({ hostKeys }) => hostKeys ?? []);

/** Lines kept to show, and lines before a stop that belong to its screen. */
const keptLines = 120;
const linesBefore = 10;
const linesBehind = 40;
/** Of two failures the graver one is told, of two alike the first. */
const gravity: Readonly<Record<FailureKind, number>> = { question: 0, error: 1, start: 1, memory: 2, panic: 3 };

/** How far an installation is: the how manieth time this phase was entered, and its percent. */
export interface Mark {
  readonly phase: string;
  readonly nth: number;
  readonly percent?: number;
}

interface Stop {
  readonly rule: StopRule & { readonly advice: readonly Advice[] };
  readonly title: string;
  readonly complete: boolean;
  /** What its screen says. */
  readonly screen: readonly string[];
}

/** All that the lines of a console have told so far. */
export interface Reading {
  readonly lines: readonly string[];
  readonly mark?: Mark;
  readonly entered: ReadonlyMap<string, number>;
  readonly stop?: Stop;
  readonly goesDown: boolean;
  readonly done: boolean;
  /** Key type to `ssh-ed25519 AAAA…`. */
  readonly hostKeys: ReadonlyMap<string, string>;
  /** What stands behind the first of two key marks, while the second has not come. */
  readonly unread?: { readonly marks: KeyMarks; readonly text: string };
}

export const nothingRead: Reading = {
  lines: [],
  entered: new Map(),
  goesDown: false,
  done: false,
  hostKeys: new Map(),
};

/** A line, or the beginning of one: what comes of that is to be forgotten when more of it is there. */
export interface Line {
  readonly text: string;
  readonly ended: boolean;
}

/** One line more; `done` is the marker of success. */
export function readLine(before: Reading, { text: line, ended }: Line, done: RegExp): Reading {
  const reading = readStop(readMark(readKeys(before, line), { text: line, ended }), line);
  // Some installers power off after an error: what they say from then on is no success.
  const well = reading.stop === undefined;
  return {
    ...reading,
    lines: [...before.lines, line].slice(-keptLines),
    goesDown: before.goesDown || (well && grammars.some(({ goesDown }) => goesDown?.test(line))),
    done: before.done || (well && done.test(line)),
  };
}

function readMark(reading: Reading, { text, ended }: Line): Reading {
  const rule = phaseRules.find(({ line, whole }) => (ended || !whole) && line.test(text));
  const groups = rule?.line.exec(text)?.groups ?? {};
  const named = groups.phase?.trim();
  const phase = rule && (named ?? rule.phase ?? reading.mark?.phase);
  if (phase === undefined) return reading;
  const percent = percentOf(groups);
  const shown = percent === undefined ? {} : { percent };
  // A line that names its phase enters it; any other goes on in it.
  const { mark } = reading;
  if (mark?.phase === phase && named === undefined) return { ...reading, mark: { ...mark, ...shown } };
  const nth = (reading.entered.get(phase) ?? 0) + 1;
  return { ...reading, entered: new Map(reading.entered).set(phase, nth), mark: { phase, nth, ...shown } };
}

function percentOf({ percent, count, of }: Readonly<Record<string, string | undefined>>): number | undefined {
  if (percent !== undefined) return Math.min(100, Number(percent));
  return count !== undefined && Number(of) > 0 ? Math.floor((100 * Number(count)) / Number(of)) : undefined;
}

function readStop(reading: Reading, line: string): Reading {
  const { stop } = reading;
  const above = reading.lines.findLast((text) => text.trim() !== '')?.trim() ?? '';
  const found = stopRules.find(
    (rule) => rule.line.test(line) && (!rule.underlines || above.length === line.trim().length),
  );
  const graver = found && (!stop || gravity[found.kind] > gravity[stop.rule.kind]);
  if (graver) {
    const said = found.line.exec(line)?.[1]?.trim();
    const title = said || found.title || (found.underlines ? above : headline(reading.lines)) || 'no headline';
    const screen = [...(found.underlines ? [above] : reading.lines.slice(-linesBefore)), line];
    return { ...reading, stop: { rule: found, title, screen, complete: found.complete?.test(line) ?? false } };
  }
  if (!stop || stop.screen.length > linesBefore + linesBehind) return reading;
  const complete = stop.complete || (stop.rule.complete?.test(line) ?? false);
  return { ...reading, stop: { ...stop, complete, screen: [...stop.screen, line] } };
}

/** Titles are underlined. */
function headline(lines: readonly string[]): string | undefined {
  const rule = lines.findLastIndex((line) => /^-{3,} *$/.test(line));
  return rule > 0 ? lines[rule - 1]?.trim() : undefined;
}

const publicKey = /((?:ssh|ecdsa)-[a-z0-9-]+) (AAAA[A-Za-z0-9+/=]+)/g;
const unreadLimit = 16_384;

function readKeys(reading: Reading, line: string): Reading {
  const begun = keyMarks.find(({ from }) => from.test(line));
  const marks = begun ?? reading.unread?.marks;
  if (!marks) return reading;
  const earlier = begun ? '' : (reading.unread?.text ?? '');
  const text = `${earlier}${begun ? line.slice(line.search(begun.from)) : line}${marks.wrapped ? '' : '\n'}`;
  if (!marks.to.test(text)) return { ...reading, unread: { marks, text: text.slice(-unreadLimit) } };
  const { unread: _read, ...rest } = reading;
  const hostKeys = new Map(reading.hostKeys);
  for (const [, type = '', blob] of text.matchAll(publicKey)) hostKeys.set(type, `${type} ${blob}`);
  return { ...rest, hostKeys };
}

/** What to do about a failure, judged by its screen. */
export function adviceFor({ rule, title, screen }: Stop): string {
  const words = [title, ...screen].join('\n');
  const found = rule.advice.find((advice) => advice.words.test(words));
  if (found) return found.help;
  return rule.kind === 'question' ? 'answer what it asks in the template of the seed' : 'its last screen says more';
}
