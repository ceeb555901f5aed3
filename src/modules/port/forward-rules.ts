import { type Fragment, fragmentText } from '../firewall-fragment.ts';
import { describeForward, destination, type Forward, recordLine } from './forward-record.ts';

/** Addresses of the host that others cannot reach: what goes to them stays with the host. */
const loopback = { 4: '127.0.0.0/8', 6: '::1/128' } as const;

/** The chains for all forwards of one family of addresses. */
export function forwardFragment(forwards: readonly Forward[], version: 4 | 6): Fragment {
  return {
    version,
    chains: [
      {
        table: 'nat',
        name: 'PROVISION-PORT-TO',
        hooks: [
          { chain: 'PREROUTING', place: 'first' },
          { chain: 'OUTPUT', place: 'first' },
        ],
        rules: forwards.flatMap((forward) => translations(forward, version)),
      },
      {
        table: 'nat',
        name: 'PROVISION-PORT-BACK',
        hooks: [{ chain: 'POSTROUTING', place: 'first' }],
        rules: forwards.flatMap(wayBack),
      },
      {
        table: 'filter',
        name: 'PROVISION-PORT',
        hooks: [{ chain: 'FORWARD', place: 'first' }],
        rules: forwards.map(acceptance),
      },
    ],
  };
}

export function forwardText(forwards: readonly Forward[], version: 4 | 6): string {
  const about = '# Ports of this host that reach guests. Written by provision (port.forward).';
  return [about, ...forwards.map(recordLine), fragmentText(forwardFragment(forwards, version))].join('\n');
}

function translations(forward: Forward, version: 4 | 6): string[][] {
  const { protocol, host_port, to, to_port, source } = forward;
  const rule = (before: readonly string[], from: readonly string[]): string[] => [
    ...before,
    ...['!', '-d', loopback[version], '-p', protocol, '-m', protocol, '--dport', String(host_port)],
    ...['-m', 'addrtype', ...from, '--dst-type', 'LOCAL', ...comment(forward)],
    ...['-j', 'DNAT', '--to-destination', destination(to, to_port)],
  ];
  if (source === undefined) return [rule([], [])];
  // The host itself always reaches its guests.
  return [...source.map((from) => rule(['-s', from], [])), rule([], ['--src-type', 'LOCAL'])];
}

/** Neighbours of the guest would get answers from an address they never wrote to. */
function wayBack(forward: Forward): string[][] {
  const { network, to, protocol, host_port } = forward;
  if (network === undefined) return [];
  const connection = ['-m', 'conntrack', '--ctstate', 'DNAT', '--ctorigdstport', String(host_port)];
  return [['-s', network, '-d', to, '-p', protocol, ...connection, ...comment(forward), '-j', 'MASQUERADE']];
}

/** Both directions of what was translated here, and of nothing else. */
function acceptance(forward: Forward): string[] {
  const { protocol, host_port, to } = forward;
  const connection = ['--ctstate', 'DNAT', '--ctreplsrc', to, '--ctorigdstport', String(host_port)];
  return ['-p', protocol, '-m', 'conntrack', ...connection, ...comment(forward), '-j', 'ACCEPT'];
}

function comment(forward: Forward): string[] {
  return ['-m', 'comment', '--comment', describeForward(forward)];
}
