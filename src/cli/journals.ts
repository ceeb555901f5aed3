import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { problem } from '../core/diagnostic.ts';

/** Where runs keep their journals, from where they were started. */
export const journalFolder = join('.provision', 'runs');

/** The journals of all runs, the oldest first: their names begin with the time. */
export function journalsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  return names.sort().map((name) => join(folder, name));
}

export function idOf(path: string): string {
  return basename(path, '.ndjson');
}

/**
 * The journal of the run whose id begins so; `last`: of the last one.
 * @throws ProvisionError PV0003 where there is none, or more than one
 */
export function journalOf(run: string): string {
  const journals = journalsIn(journalFolder);
  const found = run === 'last' ? journals.slice(-1) : journals.filter((path) => idOf(path).startsWith(run));
  const [path, ...others] = found;
  if (path !== undefined && others.length === 0) return path;
  const message = path === undefined ? `there is no run \`${run}\`` : `${found.length} runs begin with \`${run}\``;
  throw problem('PV0003', message, { help: '`provision runs` lists them' });
}

/** Hosts of a run that have failed, could not be reached, or whose play was cut short. */
export function notFinished(journal: string): readonly string[] {
  const left = new Map<string, boolean>();
  for (const line of journal.split('\n')) {
    const event = eventIn(line);
    if (event?.event === 'play.start') for (const host of event.hosts ?? []) left.set(host, true);
    if (event?.event === 'host.end' && event.host)
      left.set(event.host, event.status !== 'ok' && event.status !== 'changed');
  }
  return [...left].flatMap(([host, is]) => (is ? [host] : []));
}

interface HostEvent {
  readonly event: string;
  readonly hosts?: readonly string[];
  readonly host?: string;
  readonly status?: string;
}

/** The last line of a run that was killed may be a piece. */
function eventIn(line: string): HostEvent | undefined {
  if (!/^\{"event":"(play\.start|host\.end)"/.test(line)) return undefined;
  try {
    return JSON.parse(line) as HostEvent;
  } catch {
    return undefined;
  }
}
