import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { FileCopy } from '../modules/libvirt/copy-file.ts';
import type { Xml } from '../modules/libvirt/xml.ts';
import type { Destination } from './move-destination.ts';
import type { MovingGuest } from './moving-guest.ts';

/** From where to where. */
export interface Move {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** While it runs. */
  readonly live?: boolean;
}

/** A guest and where it is to go, side by side. */
export interface Compared {
  readonly source: MovingGuest;
  readonly destination: Destination;
  /** What it is kept with. */
  readonly domain: Xml;
  readonly files: readonly FileCopy[];
}

/** Something that stands against a move. */
export function refusal(code: 'PV5318' | 'PV5319' | 'PV5322' | 'PV5324', message: string, help: string): Diagnostic {
  return problem(code, message, { help }).diagnostics[0];
}

/** What has come there is the guest itself, from there. */
export function hasArrived({ from }: Move, { domain }: Destination): boolean {
  return domain?.mark?.kind === 'arrived' && domain.mark.from === from;
}

/** What networks of libvirt keep for it. */
export function reservationsOf({ reservations }: MovingGuest): readonly Readonly<Record<string, string>>[] {
  const all = reservations.map(({ network, host: { attributes } }) => {
    const { mac = '', ip = '', name } = attributes;
    return { network, mac, ip, ...(name !== undefined && { name }) };
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
