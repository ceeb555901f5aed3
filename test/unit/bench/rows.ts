import type { Row } from '../../../bench/row.ts';

/** A row with whatever the case is not about filled in. */
export function row(given: Partial<Row>): Row {
  return {
    ...{ contender: 'provision', work: 'w1', phase: 'nochange', hosts: 1, rtt: 0, wall: 1, round: 0 },
    ...{ cpu_controller: 0.1, cpu_hosts: 0.2, pss_mb: 50, logins: 1, channels: 1, bytes_out: 6000, bytes_in: 9000 },
    ...given,
  };
}

/** One row for each time, in rounds. */
export function rowsWith(walls: readonly number[], given: Partial<Row> = {}): readonly Row[] {
  return walls.map((wall, round) => row({ ...given, wall, round }));
}
