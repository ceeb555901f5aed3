import { type AddressRange, addressText, holdsAddress, overlapOf, parseAddress, sizeOf } from '../core/ip-address.ts';
import { isShared, type Network } from './network.ts';

/** How many addresses of a range are whose. */
export interface RangeUse {
  readonly hypervisor?: string;
  /** By guests, and by hosts in their midst. */
  readonly taken: number;
  /** The gateway among them. */
  readonly reserved: number;
  readonly free: number;
}

/** The addresses of a network while its guests are given theirs. */
export class AddressPool {
  readonly network: Network;
  private readonly shares = new Map<string, Share>();
  /** Taken on every hypervisor, as far as is known. */
  private readonly taken = new Set<bigint>();
  private readonly leaving = new Set<bigint>();

  constructor(network: Network) {
    this.network = network;
  }

  /** Of an address whose hypervisor is not known, all have to keep away. */
  take(ip: unknown, hypervisor?: string): void {
    const address = typeof ip === 'string' ? parseAddress(ip) : undefined;
    if (!address) return;
    const taken = hypervisor === undefined ? this.taken : this.shareOf(hypervisor).taken;
    taken.add(address.number);
  }

  /**
   * It was a guest's until now, and whoever had it may still answer there: it is given away only where no other is left.
   */
  leave(ip: string): void {
    const address = parseAddress(ip);
    if (address) this.leaving.add(address.number);
  }

  /** Takes the lowest free address of the range for a guest of this hypervisor. */
  takeLowest(hypervisor: string): string | undefined {
    const { range } = this.network;
    if (!range) return undefined;
    const number = this.shareOf(hypervisor).takeLowest(range, this.leaving);
    return number === undefined ? undefined : addressText({ version: range.version, number });
  }

  /** How full the range is: of the whole network, or for each hypervisor that has it for itself. */
  uses(): readonly RangeUse[] {
    const { range } = this.network;
    if (!range) return [];
    if (isShared(this.network)) return [this.shareOf('').use(range)];
    return [...this.shares].map(([hypervisor, share]) => ({ hypervisor, ...share.use(range) }));
  }

  private shareOf(hypervisor: string): Share {
    const key = isShared(this.network) ? '' : hypervisor;
    const known = this.shares.get(key);
    if (known) return known;
    const share = new Share(this.network, this.taken);
    this.shares.set(key, share);
    return share;
  }
}

/** The whole of a network, or what one hypervisor has of it for itself. */
class Share {
  readonly taken = new Set<bigint>();
  private readonly takenElsewhere: ReadonlySet<bigint>;
  private readonly blocked: readonly AddressRange[];
  private candidate: bigint;
  /** Those that were passed over on the way up. */
  private readonly leftovers: bigint[] = [];
  private usedLeftovers = 0;

  constructor({ range, reserved, gateway }: Network, takenElsewhere: ReadonlySet<bigint>) {
    const alone = gateway && { version: gateway.version, first: gateway.number, last: gateway.number };
    this.blocked = alone ? [...reserved, alone] : reserved;
    this.takenElsewhere = takenElsewhere;
    this.candidate = range?.first ?? 0n;
  }

  /** Never looks at an address twice, so that ten thousand guests are one walk. */
  takeLowest({ version, last }: AddressRange, leaving: ReadonlySet<bigint>): bigint | undefined {
    while (this.candidate <= last) {
      const number = this.candidate;
      const block = this.blocked.find((blocked) => holdsAddress(blocked, { version, number }));
      this.candidate = (block?.last ?? number) + 1n;
      if (block || this.taken.has(number) || this.takenElsewhere.has(number)) continue;
      if (!leaving.has(number)) return this.take(number);
      this.leftovers.push(number);
    }
    return this.take(this.leftovers[this.usedLeftovers++]);
  }

  use(range: AddressRange): RangeUse {
    const { version } = range;
    const isOurs = (number: bigint) =>
      holdsAddress(range, { version, number }) &&
      !this.blocked.some((blocked) => holdsAddress(blocked, { version, number }));
    const taken = [...new Set([...this.taken, ...this.takenElsewhere])].filter(isOurs).length;
    const reserved = Number(sizeOf(this.blocked.flatMap((blocked) => overlapOf(blocked, range) ?? [])));
    return { taken, reserved, free: Number(sizeOf([range])) - taken - reserved };
  }

  private take(number: bigint | undefined): bigint | undefined {
    if (number !== undefined) this.taken.add(number);
    return number;
  }
}
