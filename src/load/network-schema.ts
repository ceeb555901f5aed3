import type { Wording } from '../schema/check.ts';
import { args, type Infer, oneOf, Type } from '../schema/schema.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const texts = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description }));
const free = (description: string) => Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description }));

/** One network under `networks`. */
export const networkSchema = args({
  kind: oneOf(['nat', 'bridged', 'public'], {
    description: 'nat, behind each hypervisor; bridged, one across them; public, the same with public addresses',
  }),
  subnet: Type.String({ description: 'its IPv4 addresses: 192.168.101.0/24' }),
  subnet6: text('its IPv6 addresses: fd00:101::/64'),
  gateway: text('address of the way out; no guest gets it'),
  range: text('where guests without an `ip` get theirs: 192.168.101.100-192.168.101.199'),
  dynamic: text('what DHCP hands to strangers, never to guests: 192.168.101.200-192.168.101.250'),
  reserved: texts('addresses and ranges that no guest gets'),
  dns: texts('name servers for its guests'),
  domain: text('domain of its guests'),
  lease: Type.Optional(Type.Integer({ minimum: 60, description: 'seconds for which DHCP gives an address' })),
  next_server: text('where PXE loads from'),
  filename: text('what PXE loads'),
  options: free('further DHCP options by their names'),
  bridge: text('bridge of the hypervisors that it is on'),
  interface: text('interface of a DHCP server or firewall that faces it'),
  vlan: Type.Optional(Type.Integer({ minimum: 1, maximum: 4094, description: 'VLAN that carries it' })),
  vars: free('whatever else templates want of it'),
});

export type NetworkValues = Infer<typeof networkSchema>;

export function networkWording(name: string): Wording {
  return {
    owner: `the network \`${name}\``,
    noun: 'setting',
    codes: { unknown: 'PV2017', missing: 'PV2017', type: 'PV2017', value: 'PV2017' },
    help: `its settings are ${Object.keys(networkSchema.properties).join(', ')}`,
  };
}
