import { problem } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import { type FactsOfHost, factsOfHosts } from '../engine/facts-of-hosts.ts';
import { selectHosts } from '../load/inventory.ts';
import { diagnosticText } from '../report/diagnostic-text.ts';
import { openInventory } from './open-inventory.ts';
import { factsFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { abortOnSignals } from './signals.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision facts PATTERN... [options]

Prints what hosts are, as JSON by host: what expressions find in \`facts\`. Nothing is changed.
Exit code 3 if a host cannot be reached.

${optionsHelp(factsFlags)}
`;

const forks = 10;

/** `provision facts PATTERN…`. */
export async function factsCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, factsFlags);
  if (options.help) return print(usage);
  if (words.length === 0) throw problem('PV0003', 'no host is named', { help: 'provision facts HOST' });
  const known = await openInventory(options);
  const hosts = selectHosts(known.inventory, words.join(','));
  const { signal, release } = abortOnSignals();
  const found = await factsOfHosts({ ...known, signal, hosts, forks });
  release();
  return tell(hosts, found, known.secrets);
}

function tell(hosts: readonly string[], found: ReadonlyMap<string, FactsOfHost>, secrets: Secrets): number {
  const results = hosts.map((host) => ({ host, result: found.get(host) }));
  const facts = results.flatMap(({ host, result }) => (result && 'facts' in result ? [[host, result.facts]] : []));
  const failures = results.flatMap(({ result }) => (result && 'failure' in result ? [result.failure] : []));
  for (const failure of failures) {
    process.stderr.write(secrets.mask(`${diagnosticText(failure, surroundingsOf(process.stderr))}\n`));
  }
  print(secrets.mask(`${JSON.stringify(Object.fromEntries(facts), undefined, 2)}\n`));
  return failures.length > 0 ? 3 : 0;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
