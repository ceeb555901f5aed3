export const phases = ['converge', 'nochange', 'run'] as const;
/** `converge` starts from the untouched host, `nochange` from its result; `run` is neither. */
export type Phase = (typeof phases)[number];

export const workNames = ['w1', 'w2', 'startup', 'inventory', 'render', 'edge', 'simulated'] as const;
export type WorkName = (typeof workNames)[number];

/** One measured run. Its keys are what other programs read: they stay. */
export interface Row {
  readonly contender: string;
  readonly work: WorkName;
  readonly phase: Phase;
  /** Of `inventory`, `render` and `edge`: hosts or guests in the inventory. */
  readonly hosts: number;
  /** Round-trip time between controller and hosts, in milliseconds. */
  readonly rtt: number;
  /** Seconds from start to end of the command. */
  readonly wall: number;
  /** Seconds of CPU of the command and everything it started. */
  readonly cpu_controller: number;
  /** Seconds of CPU of all hosts together. */
  readonly cpu_hosts: number;
  /** Peak of the memory of the command and everything it started; what they share counts once. */
  readonly pss_mb: number;
  /** What the SSH server of the first host wrote down. */
  readonly logins: number;
  readonly channels: number;
  /** On the controller's wire, for all hosts together. */
  readonly bytes_out: number;
  readonly bytes_in: number;
  readonly round: number;
}

/** What is measured side by side. */
export interface Cell {
  readonly work: WorkName;
  readonly hosts: number;
  readonly rtt: number;
}

export function isOf(row: Row, { work, hosts, rtt }: Cell): boolean {
  return row.work === work && row.hosts === hosts && row.rtt === rtt;
}

/** How many hosts are reached over SSH. */
export function reachedHosts({ work, hosts }: Cell): number {
  if (work === 'edge') return 1;
  return work === 'w1' || work === 'w2' ? hosts : 0;
}

export function cellText({ work, hosts, rtt }: Cell): string {
  if (work === 'simulated') return `${hosts} simulated ${hosts === 1 ? 'host' : 'hosts'}`;
  if (work === 'edge') return `edge, ${hosts} guests, round trip ${rtt} ms`;
  if (work !== 'w1' && work !== 'w2') return work;
  return `${work.toUpperCase()}, ${hosts} ${hosts === 1 ? 'host' : 'hosts'}, round trip ${rtt} ms`;
}
