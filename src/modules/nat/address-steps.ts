import type { Step } from '../../core/plan.ts';
import type { HostAddress } from './host-addresses.ts';

/** Public addresses on the interface; those of an earlier run that no pair has any more go. */
export function addressSteps(
  wanted: readonly string[],
  kept: readonly string[],
  present: readonly HostAddress[],
): Step[] {
  const there = new Set(present.map((own) => `${own.address}/${own.prefix} ${own.interface}`));
  const missing = wanted.filter((address) => !there.has(address));
  const left = kept.filter((address) => there.has(address) && !wanted.includes(address));
  return [
    ...missing.map((address) => step(`put ${address.replace(' ', ' on ')}`, 'add', address)),
    ...left.map((address) => step(`take ${address.replace(' ', ' off ')}`, 'del', address)),
  ];
}

function step(title: string, verb: 'add' | 'del', wanted: string): Step {
  const [address = '', name = ''] = wanted.split(' ');
  const effect = { kind: 'run', argv: ['ip', 'addr', verb, address, 'dev', name] } as const;
  return { title, effect, touches: [`address:${address}`] };
}

/** The addresses that a kept fragment speaks of. */
export function keptAddresses(text = ''): string[] {
  return [...text.matchAll(/^#address (.+)$/gm)].map(([, address = '']) => address);
}
