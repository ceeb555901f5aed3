import { stringify } from 'yaml';
import { Problems } from '../core/diagnostic.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import type { Move } from '../engine/move-comparison.ts';
import type { MovePlan } from '../engine/plan-move.ts';
import { type Playbook, readPlaybook } from '../load/playbook.ts';
import { modules } from '../modules/registry.ts';

/** How a guest answers where it has come to. */
export interface SshWait {
  readonly address?: string;
  /** Seconds it may take to shut down, or to come as it runs. */
  readonly within?: number;
}

/** Marked on the old hypervisor, off or running, then brought to the new one, with its forwards. */
export function movePlaybook(move: Move, plan: MovePlan, { address, within }: SshWait): Playbook {
  const { name, from, to, live = false } = move;
  const { xml, files, pools, reservations, autostart, forwards } = plan;
  const patience = within === undefined ? {} : { within };
  const found = address === undefined ? {} : { address };
  const arrival = {
    name,
    from,
    xml,
    files,
    pools,
    reservations,
    autostart,
    ...found,
    ...(live && { live, ...patience }),
  };
  const departure = { name, to, ...(live ? { live } : patience) };
  return playbookOf('move', [
    play(`${name} leaves`, from, [
      task(live ? `let ${name} go` : `shut ${name} down`, 'libvirt.guest_departure', departure),
    ]),
    play(`${name} arrives`, to, [
      task(`bring ${name} over`, 'libvirt.guest_arrival', arrival),
      ...forwards.map(({ network: _, ...forward }) =>
        task(`forward ${forward.protocol} port ${forward.host_port}`, 'port.forward', forward),
      ),
    ]),
  ]);
}

/** The old hypervisor forgets the guest; only then the new one forgets whence it came. */
export function commitPlaybook({ name, from, to }: Move, guest: KnownGuest, left: boolean): Playbook {
  return playbookOf('commit', [
    ...(left
      ? [
          play(`${name} is gone`, from, [
            task(`remove what is left of ${name}`, 'libvirt.guest_absent', identityOf(guest)),
            task(`forwards of ${name}`, 'port.forwards_absent', { guest: name }),
          ]),
        ]
      : []),
    play(`${name} stays`, to, [task('the move is over', 'libvirt.guest_arrival', { name, from, state: 'settled' })]),
  ]);
}

/** What the move brought goes first: there is never one guest on two hosts. */
export function rollbackPlaybook(move: Move, guest: KnownGuest, plan: Pick<MovePlan, 'files' | 'pools'>): Playbook {
  const { name, from, to } = move;
  const { files, pools } = plan;
  const { address } = identityOf(guest);
  return playbookOf('rollback', [
    play(`${name} goes`, to, [
      task(`remove the copy of ${name}`, 'libvirt.guest_arrival', { name, from, state: 'absent', files, pools }),
      task(`reservations of ${name}`, 'libvirt.guest_absent', identityOf(guest)),
      task(`forwards of ${name}`, 'port.forwards_absent', { guest: name }),
    ]),
    play(`${name} is back`, from, [
      task(`start ${name} again`, 'libvirt.guest_departure', {
        ...{ name, to, state: 'back' },
        ...(address !== undefined && { address }),
      }),
    ]),
  ]);
}

function identityOf({ name, mac, address }: KnownGuest) {
  const isIpv4 = address !== undefined && /^[\d.]+$/.test(address);
  return { name, ...(mac !== undefined && { mac }), ...(isIpv4 && { address }) };
}

function play(name: string, hosts: string, tasks: readonly object[]): object {
  return { name, hosts, tasks };
}

function task(name: string, module: string, args: object): object {
  return { name, [module]: args };
}

function playbookOf(name: string, plays: readonly object[]): Playbook {
  const problems = new Problems();
  const playbook = readPlaybook({ name, text: stringify(plays, { lineWidth: 0 }) }, modules, problems);
  problems.throwIfAny();
  if (!playbook) throw new Error('a playbook without mistakes could not be read');
  return playbook;
}
