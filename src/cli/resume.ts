import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { RunMade } from '../core/journal-line.ts';
import { type EarlierRun, readEarlierRun } from '../engine/earlier-run.ts';
import { digestOfText } from '../engine/file-digest.ts';
import { journalsIn } from './journals.ts';
import type { Project } from './project.ts';
import { namesIn } from './run-made.ts';
import { type RunOptions, readRunOptions } from './run-options.ts';
import { sourceFiles } from './source-files.ts';

/** A run that can be gone on with. */
export interface Resumable extends EarlierRun {
  readonly made: RunMade;
}

/** What a command line beside `--resume` may say anew. */
const anew = ['yes', 'output', 'verbose', 'forks', 'diff', 'identity', 'ask-pass', 'ask-become-pass'] as const;
const allowed: ReadonlySet<string> = new Set([...anew, 'extra-vars', 'resume', 'unconfirmed', 'help']);

/**
 * The run that `--resume` means: the one that is named, or the last of these playbooks.
 * @throws ProvisionError PV0008 where there is none, or it cannot be gone on with
 */
export function chooseRun({ flags, playbooks }: RunOptions, folder: string): Resumable {
  const journals = journalsIn(folder);
  const path = flags.resume ? named(flags.resume, journals) : lastOf(playbooks, journals);
  const earlier = readEarlierRun(readFileSync(path, 'utf8'), (run) => {
    const before = journals.find((journal) => idOf(journal) === run);
    return before === undefined ? undefined : readFileSync(before, 'utf8');
  });
  const made = usable(earlier);
  if (playbooks.length > 0 && !isSame(playbooks, earlier.playbooks)) {
    throw refused(earlier, `it was of ${earlier.playbooks.join(' ')}`, 'leave the playbook out, or name another run');
  }
  const after = journals.slice(journals.indexOf(path) + 1);
  const undone = after.find((other) => meets(other, [`undo ${earlier.id}`]));
  if (undone) throw refused(earlier, `${idOf(undone)} has undone it since`, rerun);
  const later = after.find((other) => meets(other, earlier.playbooks));
  if (later) {
    const help = `provision --resume ${idOf(later)}, where that one was cut short`;
    throw refused(earlier, `${idOf(later)} has run the same playbook since`, help);
  }
  return { ...picked(earlier), made };
}

/** The fields of the reader stand on it, not on what is spread of it elsewhere. */
function picked(earlier: EarlierRun): EarlierRun {
  const { id, check, playbooks, made, exit, templates, batches, facts, confirmed } = earlier;
  return { id, check, playbooks, made, exit, templates, batches, facts, confirmed };
}

function named(run: string, journals: readonly string[]): string {
  const found = run === 'last' ? journals.slice(-1) : journals.filter((path) => idOf(path).startsWith(run));
  const [path] = found;
  if (path !== undefined && found.length === 1) return path;
  const message = found.length === 0 ? `there is no run \`${run}\`` : `${found.length} runs begin with \`${run}\``;
  throw problem('PV0008', message, { help: '`provision runs` lists them' });
}

function lastOf(playbooks: readonly string[], journals: readonly string[]): string {
  const path = journals.findLast((journal) => meets(journal, playbooks));
  if (path !== undefined) return path;
  const of = playbooks.length > 0 ? ` of ${playbooks.join(' ')}` : '';
  throw problem('PV0008', `there is no run${of} to resume`, { help: '`provision runs` lists those of this folder' });
}

/** Whether it is a run, not a look at what would change, of one of these playbooks; or of any, where none is named. */
function meets(journal: string, playbooks: readonly string[]): boolean {
  const { check, playbooks: own } = readEarlierRun(firstLine(journal));
  return !check && (playbooks.length === 0 || playbooks.some((playbook) => own.includes(playbook)));
}

function firstLine(path: string): string {
  return readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
}

function idOf(path: string): string {
  return basename(path, '.ndjson');
}

const rerun = 'run the playbook without `--resume`: what is right is left alone';

function usable(earlier: EarlierRun): RunMade {
  const { made } = earlier;
  if (earlier.check) throw refused(earlier, 'it only looked at what would change', 'leave out `--resume`');
  if (earlier.exit === 0) throw refused(earlier, 'it ended well', 'there is nothing left to do');
  if (made === undefined) throw refused(earlier, 'its journal does not say how it was started', rerun);
  if (made.format !== 1) throw refused(earlier, 'its journal is of another version of provision', rerun);
  if (made.words.some((word) => /^--(reinstall|adopt)=/.test(word))) {
    const help = 'run the playbook; name guests with `--reinstall` or `--adopt` that it had not come to';
    throw refused(earlier, 'it was told to install guests anew or to adopt them', help);
  }
  return made;
}

function refused({ id }: EarlierRun, why: string, help: string): ProvisionError {
  return problem('PV0008', `the run ${id} cannot be resumed: ${why}`, { help });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

/**
 * The options of that run, with what this command line says anew.
 * @throws ProvisionError PV0002 for one that must stay as it was, PV0011 for a secret variable that is missing
 */
export function optionsOfRun({ id, made }: Resumable, given: RunOptions): RunOptions {
  const { flags } = given;
  const fixed = Object.entries(flags).find(([name, value]) => !allowed.has(name) && isGiven(value));
  if (fixed) {
    throw problem('PV0002', `\`--${fixed[0]}\` is that of the run that is resumed`, {
      help: 'leave it out, or leave out `--resume`',
    });
  }
  const extra = flags['extra-vars'];
  const missing = made.withheld.filter((name) => !extra.flatMap(namesIn).includes(name) && !extra.some(isFile));
  const [first] = missing;
  if (first !== undefined) {
    throw problem(
      'PV0011',
      `the run ${id} was given ${missing.map((name) => `\`${name}\``).join(', ')}, which the journal does not keep`,
      {
        help: `give it again: -e ${first}=VALUE, or -e @FILE`,
      },
    );
  }
  const before = readRunOptions(made.words);
  const changed = Object.fromEntries(anew.flatMap((name) => (isGiven(flags[name]) ? [[name, flags[name]]] : [])));
  return {
    ...before,
    ...(flags.forks !== undefined && { forks: given.forks }),
    flags: { ...before.flags, ...changed, 'extra-vars': [...before.flags['extra-vars'], ...extra], resume: id },
  };
}

function isFile(text: string): boolean {
  return text.startsWith('@');
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** @throws ProvisionError PV0009 with every file that is not what it was */
export function checkFiles({ id, made, templates }: Resumable, project: Project): void {
  const now = sourceFiles(project);
  const names = [...new Set([...Object.keys(made.files), ...Object.keys(now)])];
  const changed = names.filter((name) => made.files[name] !== now[name]);
  const rendered = [...templates].filter(([name, digest]) => digestOf(name) !== digest).map(([name]) => name);
  const [first, ...others] = [...changed, ...rendered].map((name): Diagnostic => {
    const what = now[name] === undefined && !templates.has(name) ? 'is no longer read' : 'has changed';
    const added = made.files[name] === undefined && !templates.has(name);
    return { code: 'PV0009', message: `${name} ${added ? 'is new' : what} since the run ${id} began`, help: rerun };
  });
  if (first) throw new ProvisionError(first, ...others);
}

function digestOf(path: string): string | undefined {
  try {
    return digestOfText(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
