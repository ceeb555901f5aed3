import { readFileSync } from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import type { RunEvent } from '../core/event.ts';
import { createPlainReporter } from '../report/plain.ts';
import { eventsOf } from './journal-events.ts';
import { idOf, journalFolder, journalOf, journalsIn, notFinished } from './journals.ts';
import { runsFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision runs [options]
       provision runs show RUN [options]

Lists the runs that were started in this folder, or shows one again as it was told. RUN is the id of a run, or the
beginning of it; \`last\` is the last one.

${optionsHelp(runsFlags)}
`;

const listed = 20;

/** `provision runs [show RUN]`. */
export async function runsCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, runsFlags);
  const [word, run, ...others] = words;
  if (options.help) return print(usage);
  if (word === undefined) return print(list(journalsIn(journalFolder), options.all));
  if (word !== 'show' || run === undefined || others.length > 0) {
    throw problem('PV0003', '`provision runs` takes no words, or `show` and the id of a run', {
      help: 'provision runs show RUN',
    });
  }
  return show(journalOf(run), options);
}

function list(journals: readonly string[], all: boolean): string {
  if (journals.length === 0) return `no runs yet: they keep their journals in ${journalFolder}\n`;
  const shown = all ? journals : journals.slice(-listed);
  const older = journals.length - shown.length;
  const rows = [['RUN', 'BEGAN', 'END', 'PLAYBOOKS', 'HOSTS NOT FINISHED'], ...shown.map(rowOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n${older > 0 ? `and ${older} older: --all\n` : ''}`;
}

function rowOf(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  const events = eventsOf(firstAndLast(text));
  const start = events.find((event) => event.event === 'run.start');
  const left = start?.check ? [] : notFinished(text);
  const began = start ? `${start.at.slice(0, 19).replace('T', ' ')}Z` : '';
  return [idOf(path), began, endOf(events), start?.playbooks.join(' ') ?? '', left.join(' ')];
}

function firstAndLast(text: string): string {
  const lines = text.trimEnd().split('\n');
  return `${lines[0]}\n${lines.at(-1)}`;
}

/** A run that did not come to tell its end may also be under way still. */
function endOf(events: readonly RunEvent[]): string {
  const end = events.find((event) => event.event === 'run.end');
  const check = events.some((event) => event.event === 'run.start' && event.check);
  return `${end ? `exit ${end.exit}` : 'killed'}${check ? ' (check)' : ''}`;
}

function show(path: string, { verbose }: { readonly verbose: boolean }): number {
  const write = (text: string): void => void process.stdout.write(text);
  const reporter = createPlainReporter({ write, ...surroundingsOf(process.stdout), diff: true, verbose });
  const events = eventsOf(readFileSync(path, 'utf8'));
  for (const event of events) reporter.on(event);
  if (!events.some((event) => event.event === 'run.end'))
    write('\nhere the journal ends: the run was killed, or goes on\n');
  return 0;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
