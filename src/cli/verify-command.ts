import { Problems, problem } from '../core/diagnostic.ts';
import type { Finding } from '../core/finding.ts';
import { Secrets } from '../core/secret.ts';
import { verify } from '../engine/verify.ts';
import { type Inventory, loadInventory, selectHosts } from '../load/inventory.ts';
import { parseExtraVars } from '../load/variables.ts';
import { type FindingForm, findingJunit, findingLines, findingTable } from '../report/findings.ts';
import { terminalAsking } from './ask.ts';
import { hideInFailures } from './failure.ts';
import { knownHostsOf } from './known-hosts-of.ts';
import { openSecrets } from './open-secrets.ts';
import { optionsHelp, parseOptions, verifyFlags } from './options.ts';
import { checkSecretUses } from './secret-uses.ts';
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
  const problems = new Problems();
  const inventory = loadInventory(options.inventory, { playbookFolders: [] }, problems);
  const extra = parseExtraVars(options['extra-vars'], problems);
  checkSecretUses({ inventory, extra }, problems);
  problems.throwIfAny();
  const secrets = new Secrets();
  hideInFailures(secrets);
  const source = { file: options.identity, environment: process.env, asking: terminalAsking() };
  await openSecrets({ inventory, extra }, secrets, source);
  const findings = await verify({
    inventory,
    guests: guestsNamed(words, inventory),
    extra,
    knownHosts: knownHostsOf(inventory),
    secrets,
    ...(options.from !== undefined && { from: options.from }),
    forks,
  });
  const shown = options.quiet ? findings.filter(({ status }) => status === 'failed') : findings;
  if (shown.length > 0 || form === 'junit') print(secrets.mask(textOf(form, shown)));
  return findings.some(({ status }) => status === 'failed') ? 2 : 0;
}

function textOf(form: FindingForm, findings: readonly Finding[]): string {
  if (form === 'junit') return findingJunit(findings);
  return form === 'ndjson' ? findingLines(findings) : findingTable(findings, surroundingsOf(process.stdout));
}

/** Guests by name or pattern, as `--limit` takes them; all when none is named. */
function guestsNamed(words: readonly string[], inventory: Inventory): readonly string[] {
  const isGuest = (name: string): boolean =>
    inventory.hosts.get(name)?.layers.some(({ values }) => Object.hasOwn(values, 'hypervisor')) ?? false;
  const named = words.length === 0 ? [...inventory.hosts.keys()] : selectHosts(inventory, words.join(','));
  const guests = named.filter(isGuest);
  if (guests.length > 0) return guests;
  throw problem(
    'PV0003',
    words.length === 0 ? 'the inventory has no guests' : `\`${words.join(' ')}\` names no guest`,
    {
      help: 'a guest is a host with a `hypervisor`; `provision inventory` shows all hosts',
    },
  );
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
