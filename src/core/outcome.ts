/**
 * How a task ended on a host. `unknown`: in check mode, it depends on a change that was not made.
 * `unreachable`: the connection was lost or never came about.
 */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unknown' | 'unreachable';

/** Tasks of one host by how they ended. */
export type Tally = Record<Status, number>;

export function emptyTally(): Tally {
  return { ok: 0, changed: 0, skipped: 0, failed: 0, unknown: 0, unreachable: 0 };
}
