import { stringify } from 'yaml';
import { Problems } from '../core/diagnostic.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import { type Playbook, readPlaybook } from '../load/playbook.ts';
import { modules } from '../modules/registry.ts';

/** What a playbook would say, that nobody has to write. */
export function destroyPlaybook(guests: readonly KnownGuest[], keepDisks: boolean): Playbook {
  const hypervisors = [...new Set(guests.map(({ hypervisor }) => hypervisor))];
  const plays = hypervisors.map((hypervisor) => ({
    name: `Destroy guests of ${hypervisor}`,
    hosts: hypervisor,
    tasks: guests.filter((guest) => guest.hypervisor === hypervisor).flatMap((guest) => tasksFor(guest, keepDisks)),
  }));
  const problems = new Problems();
  const playbook = readPlaybook({ name: 'destroy', text: stringify(plays) }, modules, problems);
  problems.throwIfAny();
  if (!playbook) throw new Error('a playbook without mistakes could not be read');
  return playbook;
}

function tasksFor({ name, mac, address }: KnownGuest, keepDisks: boolean): readonly object[] {
  const [guest, forwards] = taskNames(name);
  const isIpv4 = address !== undefined && /^[\d.]+$/.test(address);
  return [
    {
      name: guest,
      'libvirt.guest_absent': {
        name,
        ...(mac !== undefined && { mac }),
        ...(isIpv4 && { address }),
        keep_disks: keepDisks,
      },
    },
    { name: forwards, 'port.forwards_absent': { guest: name } },
  ];
}

export function taskNames(guest: string): readonly [guest: string, forwards: string] {
  return [`destroy ${guest}`, `forwards of ${guest}`];
}
