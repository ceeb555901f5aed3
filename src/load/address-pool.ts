import { type AddressRange, addressText, holdsAddress, parseAddress } from '../core/ip-address.ts';
import { isShared, type Network } from './network.ts';

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

  /** `all 100 are gone: 97 to guests and hosts, 3 reserved`. */
  tally(hypervisor: string): string {
    const { range } = this.network;
    if (!range) return 'there is no range';
    const total = range.last - range.first + 1n;
    const { taken } = this.shareOf(hypervisor);
    const used = [...taken, ...this.taken].filter((number) => range.first <= number && number <= range.last).length;
    return `all ${total} are gone: ${used} to guests and hosts, ${total - BigInt(used)} reserved`;
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

  private take(number: bigint | undefined): bigint | undefined {
    if (number !== undefined) this.taken.add(number);
    return number;
  }
}
