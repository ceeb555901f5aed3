import { SerialLog } from './serial-log.ts';

/** What became of an installation that nobody watched. */
export type Past =
  | { readonly kind: 'unstarted' | 'underway' | 'done' }
  | { readonly kind: 'failed'; readonly title: string };

/** Judges the whole log of an installation; `undefined`: there is no log. */
export function pastInstallation(text: string | undefined, marker: RegExp): Past {
  const log = new SerialLog(marker);
  if (text === undefined || !log.feed(text)) return { kind: 'unstarted' };
  if (log.done || log.goesDown) return { kind: 'done' };
  return log.failure ? { kind: 'failed', title: log.failure.title } : { kind: 'underway' };
}
