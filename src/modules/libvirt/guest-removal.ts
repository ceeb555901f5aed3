import type { Step } from '../../core/plan.ts';
import { seedFolder, seedRoot, seedUnits } from '../../installer/seed.ts';
import { describeBytes } from './capacity.ts';
import { powerOff } from './guest-power.ts';
import type { GuestRemains, Reservation } from './guest-remains.ts';
import { stopServing } from './guest-seed.ts';
import type { GuestVolume } from './guest-volumes.ts';
import { runVirsh } from './virsh.ts';
import { describeVolume, noticeStep } from './volume-state.ts';
import { formatXml } from './xml.ts';

/**
 * Everything of a guest but what others have a hand in. The domain goes last: it alone proves whose all the rest is, to
 * the run after one that was cut off.
 */
export function removalSteps(name: string, remains: GuestRemains, keepDisks: boolean): readonly Step[] {
  const { domain, reservations, seeds } = remains;
  const volumes = keepDisks ? [] : volumesToDelete(name, remains);
  const steps = [
    ...(domain && domain.state !== 'shut off' ? [powerOff(name)] : []),
    ...reservations.map(giveUp),
    ...seeds.map(({ network, address }) => removeSeed(name, network, address)),
    ...(domain?.files ?? []).map((path) => removeFile(name, path)),
    ...deleteVolumes(volumes),
    ...(domain
      ? [
          undefine(
            name,
            domain.snapshots,
            remains.volumes.filter((one) => !volumes.some(({ path }) => path === one.path)),
          ),
        ]
      : []),
  ];
  return steps.map((step, at) => (at === 0 ? { ...step, confirm: question(name, volumes), typed: name } : step));
}

type PooledVolume = GuestVolume & { readonly pool: string };

/**
 * Those that were made for the guest: they are called by its name, or it has no other and was installed on it. What is
 * behind one of them may be an image that others stand on as well, so it takes the guest's whole name.
 */
function volumesToDelete(name: string, { domain, volumes }: GuestRemains): readonly PooledVolume[] {
  if (domain?.record?.volume !== 'new') return [];
  const disks = volumes.filter(({ behind }) => !behind);
  const isOwn = (volume: GuestVolume): boolean =>
    volume.behind ? stemOf(volume) === name : disks.length === 1 || isCalledBy(name, volume);
  return volumes.filter(
    (volume): volume is PooledVolume => volume.pool !== undefined && !volume.shared && isOwn(volume),
  );
}

/** `everest.qcow2`, `everest-data.img`. */
function isCalledBy(guest: string, { name }: GuestVolume): boolean {
  return name.startsWith(`${guest}.`) || name.startsWith(`${guest}-`);
}

function stemOf({ name }: GuestVolume): string {
  return name.replace(/\.[^.]*$/, '');
}

function question(name: string, volumes: readonly PooledVolume[]): string {
  if (volumes.length === 0) return `destroy guest ${name}?`;
  return `destroy guest ${name} and lose all that is on ${volumes.map(describeVolume).join(' and ')}?`;
}

function giveUp({ network, host, flags }: Reservation): Step {
  return {
    title: `give up the reservation of ${host.attributes.ip ?? host.attributes.mac} in network ${network}, without disturbing it`,
    effect: runVirsh('net-update', network, 'delete', 'ip-dhcp-host', formatXml(host).trim(), ...flags),
  };
}

function removeSeed(name: string, network: string, address: string): Step {
  const { socket, paths } = seedUnits(network);
  const argv = ['sh', '-c', stopServing, 'sh', seedRoot, seedFolder(network), address, socket, ...paths];
  return { title: `remove the seed of ${name}`, effect: { kind: 'run', argv } };
}

function removeFile(name: string, path: string): Step {
  return { title: `remove ${path} of the installer of ${name}`, effect: { kind: 'run', argv: ['rm', '-f', path] } };
}

/** What is behind a disk goes before it: a disk that is there still tells of it. */
function deleteVolumes(volumes: readonly PooledVolume[]): readonly Step[] {
  const unnoticed = new Set(volumes.filter((volume) => volume.unnoticed).map(({ pool }) => pool));
  const inOrder = [...volumes.filter(({ behind }) => behind), ...volumes.filter(({ behind }) => !behind)];
  return [
    ...[...unnoticed].map((pool) => noticeStep({ pool })),
    ...inOrder.map((volume) => ({
      title: `delete volume ${describeVolume(volume)} (${describeBytes(volume.capacity)})`,
      effect: runVirsh('vol-delete', volume.name, '--pool', volume.pool),
    })),
  ];
}

function undefine(name: string, snapshots: readonly string[], left: readonly GuestVolume[]): Step {
  const also = snapshots.length === 0 ? '' : `, and snapshots ${snapshots.join(', ')}`;
  const but = left.length === 0 ? '' : `, but leave ${left.map(({ path }) => path).join(', ')}`;
  return {
    title: `take away the domain ${name} with its NVRAM${also}${but}`,
    effect: runVirsh('undefine', name, '--managed-save', '--snapshots-metadata', '--checkpoints-metadata', '--nvram'),
  };
}
