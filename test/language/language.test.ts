import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { positionOf } from '../../src/core/source.ts';
import { Here, type HereOptions } from '../support/run-here.ts';
import { asTold, told } from '../support/told.ts';

/** A playbook, and what comes of it; `FOLDER` stands for a folder of its own. */
interface LanguageCase {
  readonly it: string;
  readonly playbook: string;
  /** Left out, alfa and bravo in the group `here`, both this machine, and nobody in the group `gone`. */
  readonly inventory?: string;
  /** Files beside the playbook. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Omit<HereOptions, 'ask' | 'step'>;
  /** What is answered to questions, one after another; with nothing left, nobody answers. */
  readonly answers?: readonly string[];
  /** `--step`: tasks that are to run. */
  readonly steps?: readonly string[];
  /** `host task status` of every task, host by host, each host's in their order. */
  readonly lines?: readonly string[];
  /** What a task said: task and message. */
  readonly says?: Readonly<Record<string, string>>;
  /** What is told besides tasks. */
  readonly warns?: readonly string[];
  readonly exit?: number;
  /** What stands in files of the folder afterwards; nothing: there is no such file. */
  readonly files_after?: Readonly<Record<string, string | null>>;
  /** What is doubtful before anything is run: `line: CODE message (help)`. */
  readonly doubts?: readonly string[];
  /** Mistakes that are found before anything is run: `CODE message (help)`. */
  readonly refused?: readonly string[];
}

const folder = new URL('.', import.meta.url).pathname;
const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));

const locks = mkdtempSync('/tmp/provision-language-');
chmodSync(locks, 0o1777);
afterAll(() => rmSync(locks, { recursive: true }));

describe.each(names)('%s', (name) => {
  const cases = parse(readFileSync(join(folder, name), 'utf8')) as readonly LanguageCase[];

  it.each(cases)('$it', async (given) => {
    const here = await Here.create(given.inventory);
    try {
      writeFiles(here.folder, given.files ?? {});
      if (given.refused) {
        expect(told(() => here.check(given.playbook)).map((text) => text.replaceAll(here.folder, 'FOLDER'))).toEqual(
          given.refused,
        );
      } else await runCase(given, here);
    } finally {
      await here.remove();
    }
  });
});

async function runCase(given: LanguageCase, here: Here): Promise<void> {
  let doubts: readonly string[] = [];
  expect(told(() => (doubts = here.check(given.playbook).map(doubt)))).toEqual([]);
  expect(doubts).toEqual(given.doubts ?? []);
  const answers = [...(given.answers ?? [])];
  const found = await here.run(given.playbook, {
    // Both names are this machine; here they are to be two. Other users must get there, too.
    lockFolder: (host) => join(locks, `${basename(here.folder)}-${host}`),
    ...given.options,
    ask: async () => answers.shift(),
    ...(given.steps && { step: async (task: string) => given.steps?.includes(task) ?? false }),
  });
  expect([found.exit, ...mistakesOf(found.events, given)]).toEqual([given.exit ?? 0, ...(given.warns ?? [])]);
  // Hosts run side by side: only the order within a host is promised.
  const byHost = (line: string): string => line.split(' ', 1)[0] ?? '';
  if (given.lines) expect(found.lines.toSorted((a, b) => byHost(a).localeCompare(byHost(b)))).toEqual(given.lines);
  for (const [task, message] of Object.entries(given.says ?? {})) {
    const ends = found.events.flatMap((event) =>
      event.event === 'task.end' && event.task === task ? [event.message] : [],
    );
    expect(ends).toContain(message);
  }
  for (const [file, text] of Object.entries(given.files_after ?? {})) {
    expect([file, readIfThere(join(here.folder, file))]).toEqual([file, text]);
  }
}

function doubt(diagnostic: Diagnostic): string {
  const { at } = diagnostic;
  return `${at ? positionOf(at.source, at.start).line : 'nowhere'}: ${asTold(diagnostic)}`;
}

/** What is told besides tasks, and, where nothing is to fail, what did. */
function mistakesOf(events: readonly RunEvent[], { exit, lines }: LanguageCase): readonly (string | undefined)[] {
  return events.flatMap((event) => {
    if (event.event === 'diagnostic') return [event.diagnostic.message];
    const unexpected = exit === undefined && !lines && event.event === 'task.end' && !event.ignored && !event.rescued;
    return unexpected && event.diagnostic ? [event.diagnostic.message] : [];
  });
}

function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text.replaceAll('FOLDER', root));
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
