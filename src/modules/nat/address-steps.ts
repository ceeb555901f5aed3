import type { Step } from '../../core/plan.ts';
import type { HostAddress } from './host-addresses.ts';

/** Public addresses that are not on the interface yet. */
export function addSteps(wanted: readonly string[], present: readonly HostAddress[]): Step[] {
  const missing = wanted.filter((address) => !isThere(address, present));
  return missing.map((address) => step(`put ${address.replace(' ', ' on ')}`, 'add', address));
}

/** Those of an earlier run that no pair has any more go. */
export function removeSteps(
  wanted: readonly string[],
  kept: readonly string[],
  present: readonly HostAddress[],
): Step[] {
  const left = kept.filter((address) => isThere(address, present) && !wanted.includes(address));
  return left.map((address) => step(`take ${address.replace(' ', ' off ')}`, 'del', address));
}

function isThere(wanted: string, present: readonly HostAddress[]): boolean {
  return present.some((own) => `${own.address}/${own.prefix} ${own.interface}` === wanted);
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
