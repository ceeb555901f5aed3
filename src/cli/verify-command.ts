import type { Finding } from '../core/finding.ts';
import { verify } from '../engine/verify.ts';
import { type FindingForm, findingJunit, findingLines, findingTable } from '../report/findings.ts';
import { nameGuests } from './name-guests.ts';
import { openInventory } from './open-inventory.ts';
import { verifyFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision verify [GUEST...] [options]

Tries from outside what guests are said to have: their SSH port and their public address show the pinned host key, other
forwarded ports open, their lease is the one reserved, their address answers, and what a firewall policy closes is closed.
Nothing is changed.
Exit code 2 if anything fails.

${optionsHelp(verifyFlags)}
`;

const forks = 10;

/** `provision verify [GUEST…]`. */
export async function verifyCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, verifyFlags);
  if (options.help) return print(usage);
  const form = options.output ?? 'table';
  const known = await openInventory(options);
  const guests = nameGuests(words, known).map(({ name }) => name);
  const from = options.from === undefined ? {} : { from: options.from };
  const findings = await verify({ ...known, guests, ...from, forks });
  const shown = options.quiet ? findings.filter(({ status }) => status === 'failed') : findings;
  if (shown.length > 0 || form === 'junit') print(known.secrets.mask(textOf(form, shown)));
  return findings.some(({ status }) => status === 'failed') ? 2 : 0;
}

function textOf(form: FindingForm, findings: readonly Finding[]): string {
  if (form === 'junit') return findingJunit(findings);
  return form === 'ndjson' ? findingLines(findings) : findingTable(findings, surroundingsOf(process.stdout));
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
