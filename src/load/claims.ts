import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';

/** Something that only one of some hosts can have. */
export interface Claim {
  /** Among whom: ` on alfa`, ` in the network lan`, or nothing for all. */
  readonly among: string;
  /** Tells apart what is called alike. */
  readonly scope?: unknown;
  readonly what: string;
  readonly value: string;
  readonly host: string;
  readonly at: Span;
  /** What to do where somebody has it already. */
  readonly help?: string;
}

interface Holder extends Claim {
  told: number;
}

/** Who has what, so that a second one is told of the first. */
export class Claims {
  private readonly problems: Problems;
  private readonly holders = new Map<unknown, Map<string, Holder>>();

  constructor(problems: Problems) {
    this.problems = problems;
  }

  /** Whether nobody had it. */
  add(claim: Claim): boolean {
    const scope = claim.scope ?? claim.among;
    const known = this.holders.get(scope) ?? new Map<string, Holder>();
    this.holders.set(scope, known);
    const holder = known.get(claim.value);
    if (holder) this.tell(claim, holder);
    else known.set(claim.value, { ...claim, told: 0 });
    return holder === undefined;
  }

  private tell({ among, what, value, host, at, help }: Claim, holder: Holder): void {
    // One value in a group's `vars` may be shared by a thousand guests.
    if (holder.told++ >= 3) return;
    const isSamePlace = holder.at.source === at.source && holder.at.start === at.start;
    const related = [{ at: holder.at, message: `that of ${holder.host}` }];
    const name = what === holder.what ? what : 'address';
    this.problems.add('PV2014', `${host} and ${holder.host}${among} both have the ${name} ${value}`, {
      at,
      ...(!isSamePlace && { related }),
      help: help ?? 'give each guest its own',
    });
  }
}
