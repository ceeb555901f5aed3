import type { IpVersion } from '../core/ip-address.ts';
import type { Look, Step } from '../core/plan.ts';
import { fragmentFolder, loaderFile } from './firewall-files.ts';
import type { Fragment, OwnChain } from './firewall-fragment.ts';
import type { Persistence } from './firewall-persistence.ts';
import { nftRule } from './nft-rule.ts';

type Family = 'ip' | 'ip6';

/** The rules of one table by chain, as nft lists them. */
type TableRules = Readonly<Record<string, readonly string[]>>;

/** What there is of a fragment where libvirt keeps its rules in nftables. */
export interface LibvirtTables {
  /** The part for libvirt's own tables, as it stands on the host. */
  readonly nft?: string;
  /** libvirt's tables; none where it does not use nftables. */
  readonly tables: Readonly<Partial<Record<Family, TableRules>>>;
}

type PassState = LibvirtTables & { readonly persistence: Persistence };

function nftPath(name: string): string {
  return `${fragmentFolder}/${name}.nft`;
}

/** Prints libvirt's tables. Without nft, a kernel for it or such a table, libvirt does not use them. */
const listTables = [
  'sh',
  '-c',
  'command -v nft >/dev/null || exit 0; tables=$(nft list tables 2>/dev/null) || exit 0; for family in ip ip6; do ' +
    'case $tables in *"table $family libvirt_network"*) nft -s list table $family libvirt_network || exit ;; esac; done',
] as const;

export async function readLibvirtTables(name: string, look: Look): Promise<LibvirtTables> {
  const [nft, listing] = await Promise.all([look.readText(nftPath(name)), look.query(listTables)]);
  return { ...(nft !== undefined && { nft }), tables: parseTables(listing.stdout) };
}

function parseTables(listing: string): LibvirtTables['tables'] {
  const tables: Partial<Record<Family, Record<string, string[]>>> = {};
  let table: Record<string, string[]> = {};
  let rules: string[] = [];
  for (const line of listing.split('\n').map((text) => text.trim())) {
    const [, family, chain] = /^(?:table (ip6?) libvirt_network|chain (\S+)) \{$/.exec(line) ?? [];
    if (family === 'ip' || family === 'ip6') {
      table = {};
      tables[family] = table;
    } else if (chain !== undefined) {
      rules = [];
      table[chain] = rules;
    } else if (line !== '' && line !== '}' && !line.startsWith('type ')) rules.push(line);
  }
  return tables;
}

/** A chain of ours in libvirt's table. */
interface Passage {
  readonly name: string;
  /** Called at the top of libvirt's `forward`; else it has a hook of its own, ahead of libvirt's, which translates too. */
  readonly called: boolean;
  readonly rules: readonly string[];
}

/** Whoever passes must be let through by every table, and whom we translate libvirt must not translate before. */
function passagesOf({ version, chains }: Fragment): readonly Passage[] {
  return chains.flatMap((chain) => {
    const called = chain.hooks.some((hook) => hook.chain === 'FORWARD' && hook.place === 'first');
    const translates = chain.hooks.some((hook) => hook.chain === 'POSTROUTING');
    if (!(called || translates) || chain.rules.length === 0) return [];
    return [{ name: nameOf(chain), called, rules: chain.rules.map((words) => nftRule(words, version)) }];
  });
}

function nameOf({ name }: OwnChain): string {
  return name.toLowerCase();
}

function familyOf(version: IpVersion): Family {
  return version === 4 ? 'ip' : 'ip6';
}

/** What the host gives to nft; empty where nothing is passed on. */
function libvirtText(fragments: readonly Fragment[]): string {
  const lines = fragments.flatMap((fragment) => {
    const table = `${familyOf(fragment.version)} libvirt_network`;
    return passagesOf(fragment).flatMap(({ name, called, rules }) => [
      `add chain ${table} ${name}${called ? '' : ' { type nat hook postrouting priority srcnat - 1; }'}`,
      `flush chain ${table} ${name}`,
      ...rules.map((rule) => `add rule ${table} ${name} ${rule}`),
      ...(called ? [`insert rule ${table} forward jump ${name}`] : []),
    ]);
  });
  return lines.length === 0
    ? ''
    : ['# Written by provision, for where libvirt uses nftables.', ...lines, ''].join('\n');
}

/** Whether libvirt's tables, where there are any, let exactly these pass. */
export function isPassed(fragments: readonly Fragment[], { tables }: LibvirtTables): boolean {
  return fragments.every((fragment) => {
    const table = tables[familyOf(fragment.version)];
    return table === undefined || passagesOf(fragment).every((chain) => isInPlace(chain, table));
  });
}

function isInPlace({ name, called, rules }: Passage, table: TableRules): boolean {
  const around = table.forward ?? [];
  const at = around.indexOf(`jump ${name}`);
  const onTop = at >= 0 && around.slice(0, at).every((rule) => rule.startsWith('jump provision-'));
  return onTop === called && (table[name] ?? []).map(commentIn).join('\n') === rules.map(commentIn).join('\n');
}

function commentIn(rule: string): string {
  return / comment "(.*)"$/.exec(rule)?.[1] ?? rule;
}

/** Writes what is to be passed where there is libvirt, or takes it away; it counts once `loadKept` has run. */
export function passSteps(name: string, fragments: readonly Fragment[], current: PassState): Step[] {
  const text = current.persistence.libvirt ? libvirtText(fragments) : '';
  const path = nftPath(name);
  const touches = [`path:${path}`];
  const before = current.nft;
  const left = fragments.flatMap((fragment) => leaveSteps(fragment, current));
  if (text === (before ?? '')) return left;
  if (text === '')
    return [...left, { title: `remove ${path}`, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches }];
  const effect = { kind: 'write', path, content: text, mode: '0600', owner: 'root', group: 'root' } as const;
  const title = `write ${path}, for where libvirt uses nftables`;
  return [...left, { title, ...(before !== undefined && { before }), after: text, effect, touches }];
}

/** One transaction: the jumps to the chains, then the chains. */
const leave = `nft -a list table "$1" libvirt_network | awk -v table="$1 libvirt_network" -v names="$2" '
  BEGIN { n = split(names, name, " "); for (i in name) ours[name[i]] }
  $1 == "chain" { chain = $2; if (chain in ours) there[chain] }
  $1 == "jump" && ($2 in ours) { print "delete rule", table, chain, "handle", $NF }
  END { for (chain in there) print "flush chain", table, chain "\\ndelete chain", table, chain }' | nft -f -`;

/** Chains of this fragment that are there, and are to be no more. */
function leaveSteps(fragment: Fragment, { tables }: LibvirtTables): Step[] {
  const family = familyOf(fragment.version);
  const wanted = passagesOf(fragment).map(({ name }) => name);
  const own = fragment.chains.map(nameOf).filter((name) => !wanted.includes(name));
  const left = own.filter((name) => tables[family]?.[name] !== undefined);
  if (left.length === 0) return [];
  const title = `leave libvirt's own table ${family} libvirt_network`;
  return [{ title, effect: { kind: 'run', argv: ['sh', '-c', leave, 'sh', family, left.join(' ')] } }];
}

/** Puts everything that is kept where it belongs, in iptables and in libvirt's tables. */
export const loadKept: Step = {
  title: 'load the rules that provision keeps',
  effect: { kind: 'run', argv: [loaderFile.path, 'load'] },
};
