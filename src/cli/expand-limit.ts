import { readFileSync } from 'node:fs';
import { Problems, problem } from '../core/diagnostic.ts';
import { readSource } from '../load/read-source.ts';
import { journalsIn, notFinished } from './journals.ts';

/**
 * The pattern of `--limit` with every `@FILE` in it replaced by the hosts that the file names: one on a line, or those that
 * the journal of a run says it did not bring to the end. `@failed` is the journal of the last run.
 */
export function expandLimit(limit: string, journals: string): string {
  if (!limit.includes('@')) return limit;
  return limit
    .split(',')
    .map((part) => {
      const [, sign = '', file] = /^\s*([!&]?)@(.+?)\s*$/.exec(part) ?? [];
      return file === undefined
        ? part
        : hostsOf(file, journals)
            .map((host) => `${sign}${host}`)
            .join(',');
    })
    .join(',');
}

function hostsOf(file: string, journals: string): readonly string[] {
  const path = file === 'failed' ? lastJournal(journals) : file;
  const text = textOf(path);
  const hosts = text.startsWith('{"event":"run.start"') ? notFinished(text) : namesIn(text);
  if (hosts.length > 0) return hosts;
  throw problem('PV2024', `\`--limit @${file}\`: ${path} names no hosts`, {
    help: text.startsWith('{') ? 'every host of that run was brought to the end' : 'write one host or pattern a line',
  });
}

function textOf(path: string): string {
  const problems = new Problems();
  const source = readSource(path, problems, { help: '--limit @FILE wants a file of names, or @failed' });
  problems.throwIfAny();
  return source?.text ?? '';
}

function lastJournal(folder: string): string {
  const last = journalsIn(folder).findLast((path) => !isCheck(path));
  if (last !== undefined) return last;
  throw problem('PV2024', '`--limit @failed`: there is no run yet whose hosts it could mean', {
    help: `runs keep their journals in ${folder} of the folder they are started in`,
  });
}

/** A look at what would change leaves no host unfinished. */
function isCheck(path: string): boolean {
  return /^\{"event":"run\.start"[^\n]*"check":true/.test(readFileSync(path, 'utf8'));
}

function namesIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.replace(/(^|\s)#.*/, '').trim() || []);
}
