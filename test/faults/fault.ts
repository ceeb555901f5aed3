import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Action } from './actions.ts';

/** One row of faults.yaml. */
export interface Fault {
  readonly fault: string;
  readonly ci?: true;
  readonly mishap?: string;
  readonly before?: readonly Action[];
  readonly when?: { readonly step?: string; readonly phase?: string };
  readonly do?: readonly Action[];
  readonly ends: { readonly exit: number | 'killed'; readonly code?: string; readonly says?: string };
  readonly within?: number;
  readonly repair?: readonly Action[];
  /** Puts the host back as it was for the other rows. */
  readonly after?: readonly Action[];
  /** The playbook as a whole, its part for the hypervisor too. */
  readonly whole?: true;
}

const rows = parse(readFileSync(new URL('faults.yaml', import.meta.url), 'utf8')) as readonly Fault[];

/** `all`: each; else those whose title matches it as a regular expression; left out: the ten of every push. */
export function chosenFaults(choice = process.env.PROVISION_FAULTS): readonly Fault[] {
  if (choice === 'all') return rows;
  return rows.filter(({ fault, ci }) => (choice ? new RegExp(choice).test(fault) : ci));
}

/** Each row has a guest of its own. */
export function victimOf(fault: Fault): { readonly name: string; readonly ip: string; readonly port: number } {
  const number = rows.indexOf(fault) + 1;
  return { name: `victim${number}`, ip: `192.168.101.${110 + number}`, port: 10100 + number };
}
