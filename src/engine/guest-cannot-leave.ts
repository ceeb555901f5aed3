import type { Diagnostic } from '../core/diagnostic.ts';
import { elementsAt, type Xml } from '../modules/libvirt/xml.ts';
import { type Move, refusal } from './move-comparison.ts';
import { disksOf, type MovingGuest } from './moving-guest.ts';

/** Why it cannot leave as it is. */
export function guestCannotLeave({ name, from, to }: Move, source: MovingGuest, domain: Xml): readonly Diagnostic[] {
  const refuse = (message: string, help: string) => refusal('PV5318', `${name} on ${from} ${message}`, help);
  const { record, mark, state, snapshots, disks } = source;
  const all = disksOf(domain);
  const devices = ['hostdev', 'tpm', 'filesystem', 'shmem'].filter(
    (kind) => elementsAt(domain, `devices/${kind}`).length > 0,
  );
  return [
    ...(record ? [] : [refuse('was not made by provision', 'a playbook of yours must have installed it')]),
    ...(record?.phase === 'installing'
      ? [refuse('is still being installed', 'let a run of its playbook come to its end first')]
      : []),
    ...(mark?.kind === 'leaving' && mark.to !== to
      ? [refuse(`is already being moved, to ${mark.to}`, `--to ${mark.to} goes on with that, --rollback takes it back`)]
      : []),
    ...(mark?.kind === 'arrived'
      ? [refuse(`came from ${mark.from}, and that move is not over`, 'end it first, with --commit or --rollback')]
      : []),
    ...(['running', 'shut off'].includes(state)
      ? []
      : [refuse(`is ${state}`, 'resume it (virsh resume) or shut it down')]),
    ...(snapshots.length > 0
      ? [
          refuse(
            `has snapshots: ${snapshots.join(', ')}`,
            'they would stay behind: remove them (virsh snapshot-delete)',
          ),
        ]
      : []),
    ...(all.length > disks.length
      ? [refuse('has a disk that is no image file', 'its data must be moved by hand')]
      : []),
    ...disks.flatMap(({ path, backing }) =>
      backing === undefined
        ? []
        : [
            refuse(
              `has ${path}, which is built upon ${backing}`,
              'make it whole: virsh blockpull, or qemu-img convert',
            ),
          ],
    ),
    ...(elementsAt(domain, 'devices/graphics').some(({ attributes }) => attributes.passwd)
      ? [refuse('has a password for its screen', 'it would be shown: take it out, and set it anew on the new host')]
      : []),
    ...devices.map((kind) => refuse(`has a device of its host: <${kind}>`, 'take it out of the definition first')),
  ];
}
