/** A port of the host that reaches a guest. */
export interface Forward {
  readonly guest: string;
  /** What it is called among those of its guest. */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly host_port: number;
  readonly to: string;
  readonly to_port: number;
  /** Who may use it from outside; everybody when left out. */
  readonly source?: readonly string[];
  /** The network of `to` where the host has a foot in it: its guests' answers must come back through the host. */
  readonly network?: string;
}

/** How a record stands in the fragment, so that the next run knows what each rule is for. */
const mark = '#forward ';

export function recordLine(forward: Forward): string {
  return mark + JSON.stringify(forward);
}

/** The forwards of a fragment as it stands on a host. */
export function readRecords(fragment: string | undefined): readonly Forward[] {
  const lines = (fragment ?? '').split('\n').filter((line) => line.startsWith(mark));
  // Only lines that `recordLine` wrote begin so.
  return lines.map((line) => JSON.parse(line.slice(mark.length)) as Forward);
}

export function sameOwner(a: Forward, b: Forward): boolean {
  return a.guest === b.guest && a.name === b.name;
}

/** What it does, for people: also the comment of its rules. */
export function describeForward({ guest, protocol, host_port, to, to_port }: Forward): string {
  return `${guest}: ${protocol} ${host_port} to ${destination(to, to_port)}`;
}

export function destination(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
