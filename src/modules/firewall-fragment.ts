import type { IpVersion } from '../core/ip-address.ts';
import { ruleSpec } from './rule-spec.ts';
import { joinWords, splitWords } from './rule-words.ts';
import type { SavedRules } from './saved-rules.ts';

/** How a chain of ours comes into play. */
export interface Hook {
  readonly chain: 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
  /** `first`: ahead of what others refuse and of libvirt. `last`: behind all that others have a say in. */
  readonly place: 'first' | 'last';
}

export interface OwnChain {
  readonly table: 'filter' | 'nat';
  readonly name: `PROVISION-${string}`;
  readonly hooks: readonly Hook[];
  /** Each as words, without `-A CHAIN`. */
  readonly rules: readonly (readonly string[])[];
}

/** The rules that one module keeps for one family of addresses. */
export interface Fragment {
  readonly version: IpVersion;
  readonly chains: readonly OwnChain[];
  /** Addresses that an interface must have first: `203.0.113.10/32 eth0`. */
  readonly addresses?: readonly string[];
}

/** For `iptables-restore --noflush`: chains of ours and the jumps to them, nothing else. */
export function fragmentText({ chains, addresses = [] }: Fragment): string {
  return [
    ...addresses.map((address) => `#address ${address}`),
    ...byTable(chains, (chain) => [
      ...chain.rules.map((rule) => `-A ${chain.name} ${joinWords(rule)}`),
      ...chain.hooks.map((hook) => `${hook.place === 'first' ? '-I' : '-A'} ${hook.chain} -j ${chain.name}`),
    ]),
    '',
  ].join('\n');
}

/** The fragment that takes these chains away. */
export function removalText(chains: readonly Pick<OwnChain, 'table' | 'name'>[]): string {
  return [...byTable(chains, ({ name }) => [`-X ${name}`]), ''].join('\n');
}

/** The fragment that makes these chains again what they are now, wherever others put their rules meanwhile. */
export function presentText(chains: readonly OwnChain[], saved: SavedRules): string {
  return [
    ...byTable(chains, ({ table, name, hooks }) => {
      const rules = saved[table]?.[name];
      if (!rules) return [`-X ${name}`];
      const jumps = hooks.filter(({ chain }) => saved[table]?.[chain]?.includes(`-j ${name}`));
      return [
        ...rules.map((rule) => `-A ${name} ${rule}`),
        ...jumps.map(({ chain, place }) => `${place === 'first' ? '-I' : '-A'} ${chain} -j ${name}`),
      ];
    }),
    '',
  ].join('\n');
}

function byTable<Chain extends Pick<OwnChain, 'table' | 'name'>>(
  chains: readonly Chain[],
  lines: (chain: Chain) => readonly string[],
): string[] {
  return (['filter', 'nat'] as const).flatMap((table) => {
    const own = chains.filter((chain) => chain.table === table);
    if (own.length === 0) return [];
    return [`*${table}`, ...own.map(({ name }) => `:${name} - [0:0]`), ...own.flatMap(lines), 'COMMIT'];
  });
}

/** Whether the kernel holds exactly this: every rule in order, every jump once and in its place. */
export function isLoaded({ version, chains }: Fragment, saved: SavedRules): boolean {
  return chains.every((chain) => {
    const present = saved[chain.table]?.[chain.name];
    return present && sameRules(chain.rules, present, version) && hooksInPlace(chain, saved, version);
  });
}

export function isAbsent({ chains }: Fragment, saved: SavedRules): boolean {
  return chains.every(({ table, name }) => saved[table]?.[name] === undefined);
}

function sameRules(wanted: OwnChain['rules'], present: readonly string[], version: IpVersion): boolean {
  return (
    wanted.length === present.length &&
    wanted.every((words, index) => ruleSpec(words, version).key === keyOf(present[index] ?? '', version))
  );
}

function keyOf(rule: string, version: IpVersion): string {
  return ruleSpec(splitWords(rule), version).key;
}

function hooksInPlace({ table, name, hooks }: OwnChain, saved: SavedRules, version: IpVersion): boolean {
  const chains = saved[table] ?? {};
  const jump = `-j ${name}`;
  const jumps = Object.values(chains)
    .flat()
    .filter((rule) => rule === jump || rule === `-g ${name}`);
  if (jumps.length !== hooks.length) return false;
  return hooks.every(({ chain, place }) => {
    const rules = chains[chain] ?? [];
    const at = rules.indexOf(jump);
    if (at < 0) return false;
    return place === 'last'
      ? rules.slice(at + 1).every(isOurs)
      : !rules.slice(0, at).some((rule) => hides(rule, version));
  });
}

function isOurs(rule: string): boolean {
  return /^-j PROVISION-\S+$/.test(rule);
}

/** Behind it an accept would not count. Somebody's ban of one sender is respected: fail2ban puts itself on top. */
function hides(rule: string, version: IpVersion): boolean {
  const { jump = '', key } = ruleSpec(splitWords(rule), version);
  return jump.startsWith('LIBVIRT_') || refusesAll(jump, key);
}

function refusesAll(jump: string, key: string): boolean {
  return (
    (jump === 'DROP' || jump === 'REJECT') &&
    key.split('\n').every((part) => /^(-j|--reject-with|--comment) /.test(part))
  );
}

/** Where a rule of somebody else ends INPUT before ours are reached: what they accept would stay shut. */
export function lastWord({ version }: Fragment, saved: SavedRules): string | undefined {
  return saved.filter?.INPUT?.find((each) => {
    const { jump = '', key } = ruleSpec(splitWords(each), version);
    return refusesAll(jump, key);
  });
}
