import type { Diagnostic } from '../core/diagnostic.ts';
import type { FileCopy } from '../modules/libvirt/copy-file.ts';
import { withFiles } from '../modules/libvirt/moved-files.ts';
import { formatXml, parseXml, textAt } from '../modules/libvirt/xml.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { cannotMoveLive } from './cannot-move-live.ts';
import { guestCannotLeave } from './guest-cannot-leave.ts';
import { disksHaveNoRoom, hostCannotTake } from './host-cannot-take.ts';
import { type Compared, type Move, reservationsOf } from './move-comparison.ts';
import type { Destination } from './move-destination.ts';
import { type MovingGuest, networksOf } from './moving-guest.ts';
import { networkCannotTake } from './network-cannot-take.ts';

/** A move that nothing stands against, as far as can be seen. */
export interface MovePlan {
  /** In what the hosts differ, where it matters to the guest or to who looks after it. */
  readonly differences: readonly string[];
  /** For the new host. */
  readonly xml: string;
  readonly files: readonly FileCopy[];
  readonly pools: readonly string[];
  readonly reservations: readonly Readonly<Record<string, string>>[];
  readonly forwards: readonly Forward[];
  readonly autostart: boolean;
  /** What is to be copied. */
  readonly bytes: number;
}

/** Pure; `refusals` are all that stands against it. */
export function planMove(
  move: Move,
  source: MovingGuest,
  destination: Destination,
): { readonly plan: MovePlan; readonly refusals: readonly Diagnostic[] } {
  const domain = parseXml(source.xml, 'domain');
  const files = filesToCopy(source, destination.pools);
  const bytes = source.disks.reduce((sum, { used }) => sum + used, 0);
  const compared = { source, destination, domain, files };
  const refusals = [
    ...guestCannotLeave(move, source, domain),
    ...hostCannotTake(move, compared),
    ...disksHaveNoRoom(move, compared),
    ...networkCannotTake(move, compared),
    ...cannotMoveLive(move, compared),
  ];
  const { mark } = source;
  return {
    refusals,
    plan: {
      differences: differencesBetween(move, compared),
      xml: formatXml(withFiles(domain, files)),
      // As it runs, the variables of its UEFI travel with its memory.
      files: move.live ? files.filter(({ from }) => from !== source.nvram) : files,
      pools: [...destination.pools.keys()],
      reservations: reservationsOf(source),
      forwards: source.forwards,
      autostart: mark?.kind === 'leaving' ? mark.autostart : source.autostart,
      bytes,
    },
  };
}

/** Each disk in the pool of the same name, NVRAM where it was. */
export function filesToCopy({ disks, nvram }: MovingGuest, pools: Destination['pools']): readonly FileCopy[] {
  return [
    ...disks.map(({ path, pool }) => {
      const home = pool === undefined ? undefined : pools.get(pool)?.path;
      return { from: path, to: home === undefined ? path : `${home}/${path.split('/').at(-1)}` };
    }),
    ...(nvram === undefined ? [] : [{ from: nvram, to: nvram }]),
  ];
}

function differencesBetween({ from, to }: Move, { source, destination, domain, files }: Compared): readonly string[] {
  const compared = (what: string, here: string, there: string): readonly string[] =>
    here === there ? [] : [`${what}: ${here || 'unknown'} on ${from}, ${there || 'unknown'} on ${to}`];
  const moved = files.filter((file) => file.from !== file.to);
  const mode = textAt(domain, 'cpu/@mode');
  return [
    ...compared('libvirt', source.traits.libvirt, destination.traits.libvirt),
    ...compared('QEMU', source.traits.qemu, destination.traits.qemu),
    ...(mode === undefined
      ? []
      : compared(`processor (the guest has \`${mode}\`)`, source.traits.processor, destination.traits.processor)),
    ...networksOf(domain).flatMap((network) => {
      const [here, there] = [source.networks.get(network), destination.networks.get(network)];
      return here && there ? compared(`bridge of network ${network}`, bridgeOf(here), bridgeOf(there)) : [];
    }),
    ...moved.map((file) => `path: ${file.from} becomes ${file.to}`),
  ];
}

function bridgeOf(xml: string): string {
  return textAt(parseXml(xml, 'network'), 'bridge/@name') ?? '';
}
