import { SerialLog } from './serial-log.ts';

/** What became of an installation that nobody watched. */
export type Past =
  | { readonly kind: 'unstarted' | 'underway' | 'done' }
  | { readonly kind: 'failed'; readonly title: string };

/** How one knows that an installation is over and went well. */
export interface End {
  /** A line of the log that means success. */
  readonly marker: RegExp;
  /** That the machine goes off in good order means nothing without the marker. */
  readonly markerAlone: boolean;
}

/** Judges the whole log of an installation; `undefined`: there is no log. */
export function pastInstallation(text: string | undefined, end: End): Past {
  const log = new SerialLog(end.marker);
  if (text === undefined || !log.feed(text)) return { kind: 'unstarted' };
  if (log.done || (log.goesDown && !end.markerAlone)) return { kind: 'done' };
  return log.failure ? { kind: 'failed', title: log.failure.title } : { kind: 'underway' };
}
