import type { Play } from '../load/playbook.ts';

/** What may stop the hosts of a batch before they are through; each ends what it has begun. */
export class PlayControl {
  /** No host begins another task of this play. */
  halted = false;
  /** Nor anything after this play. */
  fatal = false;
  private readonly hosts: number;
  private readonly tolerated: number | undefined;
  private failures = 0;

  constructor({ maxFailPercentage }: Play, hosts: number) {
    this.hosts = hosts;
    this.tolerated = maxFailPercentage;
  }

  /** `meta: end_play`. */
  end(): void {
    this.halted = true;
  }

  /** A host has dropped out. */
  lost(fatal: boolean): void {
    this.failures += 1;
    const tooMany = this.tolerated !== undefined && (this.failures / this.hosts) * 100 > this.tolerated;
    if (!fatal && !tooMany) return;
    this.halted = true;
    this.fatal = true;
  }

  /** Every host has dropped out: the batches that would follow do not begin. */
  get allLost(): boolean {
    return this.failures >= this.hosts;
  }
}
