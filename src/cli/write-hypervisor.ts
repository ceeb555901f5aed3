import { problem } from '../core/diagnostic.ts';
import { placeOf, type Span } from '../core/source.ts';
import type { Inventory } from '../load/inventory.ts';
import { findVariable, isTemplate } from '../load/variables.ts';
import { replaceFile } from './replace-file.ts';

/** The one place of the inventory that says on which hypervisor a guest is. */
export interface HypervisorPlace {
  readonly at: Span;
  readonly value: string;
}

/** @throws ProvisionError PV2029 where it says so for others too, or not plainly */
export function hypervisorPlace(guest: string, { hosts }: Pick<Inventory, 'hosts'>): HypervisorPlace {
  const found = findVariable(hosts.get(guest)?.layers ?? [], 'hypervisor');
  const help = `write \`hypervisor: ${String(found?.value ?? 'NAME')}\` at the guest itself, and give the command again`;
  const refuse = (why: string) =>
    problem('PV2029', `the hypervisor of ${guest} cannot be changed where it stands: ${why}`, {
      ...(found?.at && { at: found.at }),
      help,
    });
  const { at, value } = found ?? {};
  if (!at || typeof value !== 'string') throw refuse('it is in no file');
  if (bare(at) !== value || isTemplate(value)) throw refuse('it is not written as a plain name');
  const others = [...hosts.values()].filter(({ name, layers }) => {
    const other = name === guest ? undefined : findVariable(layers, 'hypervisor')?.at;
    return other?.source.name === at.source.name && other.start === at.start;
  });
  if (others.length > 0) throw refuse(`it is that of ${others.map(({ name }) => name).join(', ')} as well`);
  return { at, value };
}

/** Changes that name and nothing else; the rest of the file stays to the letter. */
export function writeHypervisor({ at, value }: HypervisorPlace, hypervisor: string): string {
  const { source, start, end } = at;
  const written = source.text.slice(start, end).replace(value, () => hypervisor);
  const after = source.text.slice(0, start) + written + source.text.slice(end);
  replaceFile(source.name, { before: source.text, after, code: 'PV2029' });
  return `${placeOf(at)}: hypervisor is ${hypervisor}, no longer ${value}`;
}

function bare({ source, start, end }: Span): string {
  const text = source.text.slice(start, end);
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
