import { problem } from '../../core/diagnostic.ts';
import { args, hostPath, type Infer, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { type Arrival, arrivalSteps, discardSteps, isUnsettled, readArrival } from './arrival-steps.ts';
import { sshSchema } from './guest-args.ts';
import { removeMark } from './move-mark.ts';

const name = '^[A-Za-z0-9][A-Za-z0-9._-]*$';
const address = '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$';

const file = Type.Object(
  { from: hostPath('where it is on the old hypervisor'), to: hostPath('where it is to be') },
  { additionalProperties: false },
);

const reservation = Type.Object(
  {
    network: Type.String({ minLength: 1, description: 'network of libvirt' }),
    mac: Type.String({ pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$', description: 'whose address it is' }),
    ip: Type.String({ pattern: address, description: 'the address' }),
    name: Type.Optional(Type.String({ minLength: 1, description: 'the name that the network knows it by' })),
  },
  { additionalProperties: false },
);

const schema = args({
  name: Type.String({ pattern: name, description: 'name of the guest and of its domain' }),
  from: Type.String({ pattern: name, description: 'the hypervisor that it comes from' }),
  state: oneOf(['present', 'settled', 'absent'], {
    default: 'present',
    description:
      '`present`: copied, defined, started; `settled`: the move is over, its mark goes; `absent`: what came of the move ' +
      'goes, with all that the guest has written here',
  }),
  xml: Type.Optional(Type.String({ description: 'its definition, for `present`' })),
  files: Type.Array(file, { default: [], description: 'its disks and its NVRAM' }),
  pools: Type.Array(Type.String({ minLength: 1 }), { default: [], description: 'the pools in which its disks lie' }),
  reservations: Type.Array(reservation, { default: [], description: 'addresses that networks keep for it' }),
  autostart: Type.Boolean({ default: true, description: 'start it when its host boots' }),
  live: Type.Boolean({ default: false, description: 'for `present`: it comes as it runs, and goes on here' }),
  within: Type.Optional(
    Type.Integer({ minimum: 1, description: 'seconds that coming as it runs may take; left out: as long as it takes' }),
  ),
  address: Type.Optional(
    Type.String({ pattern: address, description: 'where its SSH server is awaited; left out: it is not awaited' }),
  ),
  ssh: sshSchema,
});

export type ArrivalArgs = Infer<typeof schema>;

export const libvirtGuestArrival = defineModule<typeof schema, Arrival>({
  name: 'libvirt.guest_arrival',
  description:
    'The new hypervisor of a guest that is moved, for `provision move`: its disks are copied from the old one, which has ' +
    'shut it down, and it is defined and started as it was there; or it comes as it runs, with its disks and its memory.',
  args: schema,
  examples: [
    `name: everest
from: alfa
xml: <domain type="kvm"><name>everest</name><uuid>da4a47bf-220a-87c4-844f-a617be963570</uuid></domain>
files: [{ from: /data/vms/everest.qcow2, to: /data/vms/everest.qcow2 }]
pools: [vms]
address: 192.168.101.100`,
    '{ name: everest, from: alfa, state: settled }',
  ],
  lasting: 'a guest that was moved goes back by another move',
  read: (wanted, look) => readArrival(wanted, look),
  plan(wanted, current) {
    const { name, from, state } = wanted;
    const { domain, mark } = current ?? {};
    const own = mark?.kind === 'arrived' && mark.from === from;
    if (domain && !own && state !== 'settled') throw taken(name, from);
    if (state === 'present' && !wanted.live && isUnsettled(wanted, current)) throw waiting(name);
    if (state === 'settled') return own ? [removeMark(name)] : [];
    return state === 'present' ? arrivalSteps(wanted, current) : discardSteps(wanted, current);
  },
});

function waiting(name: string) {
  return problem('PV5324', `${name} waits here: a live move was cut off`, {
    argument: ['name'],
    help: '`provision move` goes on with it (--live) or takes it back (--rollback)',
  });
}

function taken(name: string, from: string) {
  return problem('PV5319', `there is a domain ${name} that did not come from ${from}`, {
    argument: ['name'],
    help: 'rename it (virsh domrename), or move the guest elsewhere',
  });
}
