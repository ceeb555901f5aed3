import { problem } from '../../core/diagnostic.ts';
import { addressText, type IpAddress, parseAddress } from '../../core/ip-address.ts';
import type { SshConnection } from '../ssh-connection.ts';

/** A public address that stands for a private one, as the playbook says it. */
export interface PairArgs {
  readonly public: string;
  readonly private: string;
  readonly guest?: string;
  readonly accept: 'all' | 'policy';
}

export interface Pair extends Omit<PairArgs, 'public' | 'private'> {
  readonly public: IpAddress;
  readonly private: IpAddress;
}

/** Pairs that can be; the host's own way in is never given away. */
export function checkedPairs(pairs: readonly PairArgs[], connections: readonly SshConnection[]): readonly Pair[] {
  const seen = new Map<string, number>();
  return pairs.map((pair, index) => {
    const checked = { ...pair, public: addressOf(pair.public, index), private: addressOf(pair.private, index) };
    if (checked.public.version !== checked.private.version) {
      throw refusal('PV5204', index, `pairs ${pair.public} with ${pair.private}, of another family of addresses`);
    }
    const [outside, inside] = [addressText(checked.public), addressText(checked.private)];
    if (connections.some(({ to }) => to === outside)) {
      throw refusal('PV5205', index, `would give ${outside} to a guest, by which we are logged in to the host`);
    }
    for (const address of [outside, inside]) {
      const other = seen.get(address);
      if (other !== undefined) throw refusal('PV5205', index, `uses ${address}, as pair ${other + 1} does`);
      seen.set(address, index);
    }
    return checked;
  });
}

function addressOf(text: string, index: number): IpAddress {
  const address = parseAddress(text);
  if (address) return address;
  throw refusal('PV5204', index, `names \`${text}\`, which is no address`);
}

function refusal(code: 'PV5204' | 'PV5205', index: number, what: string): Error {
  return problem(code, `pair ${index + 1} ${what}`, { argument: ['pairs', index] });
}
