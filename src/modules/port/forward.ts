import { problem } from '../../core/diagnostic.ts';
import { parseAddress } from '../../core/ip-address.ts';
import type { Step } from '../../core/plan.ts';
import { args, type Infer, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { describeForward, type Forward, readRecords, sameOwner } from './forward-record.ts';
import { type ForwardState, forwardingOf, readForwardState, sysctlPath } from './forward-state.ts';
import { forwardSteps } from './forward-steps.ts';

const port = (description: string) => Type.Integer({ minimum: 1, maximum: 65535, description });
const schema = args({
  guest: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'whose forward it is' }),
  name: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      description: 'tells several forwards of a guest apart; without it protocol and `to_port` do: `tcp-22`',
    }),
  ),
  host_port: port('the port of the host, on each of its addresses but those of its loopback'),
  protocol: oneOf(['tcp', 'udp'], { default: 'tcp', description: 'the protocol of both ports' }),
  to: Type.String({ pattern: '^[0-9A-Fa-f.:]+$', description: 'address of the guest' }),
  to_port: port('port of the guest'),
  source: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]+(/[0-9]+)?$' }), {
      minItems: 1,
      description: 'addresses or networks that may use it, besides the host itself; without it everybody may',
    }),
  ),
  state: oneOf(['present', 'absent'], { default: 'present', description: 'whether the forward is there' }),
});

export const portForward = defineModule<typeof schema, ForwardState>({
  name: 'port.forward',
  description:
    'A port of the host that reaches a guest: from outside, from the host itself and from the guests of its network. It ' +
    'stays after a reboot, and whatever happens to libvirt, its networks or nftables.',
  args: schema,
  examples: [
    'guest: everest\nhost_port: 10022\nto: 192.168.101.100\nto_port: 22',
    'guest: everest\nname: web\nhost_port: 8443\nto: 192.168.101.100\nto_port: 443\nsource: [192.0.2.0/24, 198.51.100.7]',
    'guest: everest\nhost_port: 10022\nto: 192.168.101.100\nto_port: 22\nstate: absent',
  ],

  lasting: '`state: absent` takes a forward away',
  read: (wanted, look) => readForwardState(wanted, look),

  plan(wanted, current): readonly Step[] {
    // It always reads a state: there is no host without rules, only one with none of ours.
    if (current === undefined) return [];
    const known = [...readRecords(current.v4.text), ...readRecords(current.v6.text)];
    const forward = recordOf(wanted, current, known);
    const others = known.filter((other) => !sameOwner(other, forward));
    const own = known.find((other) => sameOwner(other, forward));
    if (wanted.state === 'absent') {
      return own ? forwardSteps(others, current, `forward no longer ${describeForward(own)}`) : [];
    }
    refuseTaken(forward, others, { own, taken: current.taken });
    const replaced =
      own && describeForward(own) !== describeForward(forward) ? `, no longer ${describeForward(own)}` : '';
    const all = own ? known.map((other) => (other === own ? forward : other)) : [...known, forward];
    return [
      ...forwardingSteps(forward, current),
      ...forwardSteps(all, current, `forward ${describeForward(forward)}${replaced}`),
    ];
  },
});

function recordOf(wanted: Infer<typeof schema>, current: ForwardState, known: readonly Forward[]): Forward {
  const { guest, protocol, host_port, to, to_port, source } = wanted;
  if (!parseAddress(to)) {
    throw problem('PV5103', `\`${to}\` is no address`, {
      argument: ['to'],
      help: 'the address of the guest: `<%= ip %>`',
    });
  }
  const name = wanted.name ?? `${protocol}-${to_port}`;
  const record = { guest, name, protocol, host_port, to, to_port, ...(source && { source }) };
  // A network that is down just now has not gone away.
  const network = current.network ?? known.find((other) => sameOwner(other, record) && other.to === to)?.network;
  return { ...record, ...(network !== undefined && { network }) };
}

function refuseTaken(
  forward: Forward,
  others: readonly Forward[],
  { own, taken }: { readonly own: Forward | undefined; readonly taken: boolean },
): void {
  const samePort = (other: Forward): boolean =>
    other.protocol === forward.protocol && other.host_port === forward.host_port;
  const holder = others.find((other) => samePort(other) && other.to.includes(':') === forward.to.includes(':'));
  if (holder) {
    throw problem(
      'PV5210',
      `${forward.protocol} port ${forward.host_port} already leads to ${describeForward(holder)}`,
      {
        argument: ['host_port'],
        help: `give this one another port; if ${holder.guest} no longer needs it: port.forward with its arguments and \`state: absent\``,
      },
    );
  }
  if (!taken || (own && samePort(own))) return;
  throw problem('PV5211', `a program of the host itself listens on ${forward.protocol} port ${forward.host_port}`, {
    argument: ['host_port'],
    help: `it would be out of reach; who it is: ss -ln${forward.protocol === 'tcp' ? 't' : 'u'}p sport = :${forward.host_port}`,
  });
}

/** libvirt lets the kernel forward for its own networks; for others nobody has yet. */
function forwardingSteps({ to }: Forward, { forwarding }: ForwardState): Step[] {
  if (forwarding) return [];
  const version = to.includes(':') ? 6 : 4;
  const setting = forwardingOf(version).replace('/proc/sys/', '').replaceAll('/', '.');
  const script = 'grep -qsxF "$1" "$2" || echo "$1" >>"$2"; sysctl -q -w "$1"';
  return [
    {
      title: `let the kernel forward: ${setting}`,
      effect: { kind: 'run', argv: ['sh', '-c', script, 'sh', `${setting}=1`, sysctlPath] },
      touches: [`path:${sysctlPath}`, `path:${forwardingOf(version)}`],
    },
  ];
}
