import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { loaderFile } from '../firewall-files.ts';
import { canonicalAddress } from '../network-address.ts';
import { type AcceptRule, versionsOf } from './accept-rule.ts';

/** firewalld's own word for a set of rules between two places; each of ours accepts what a chain of ours accepts. */
const policies = [
  { chain: 'INPUT', name: 'provision-input', egress: 'HOST' },
  { chain: 'FORWARD', name: 'provision-forward', egress: 'ANY' },
] as const;

type Policy = (typeof policies)[number];

export interface Firewalld {
  /** What each policy accepts now, in firewalld's own words; left out where firewalld does not run. */
  readonly accepted?: Readonly<Record<string, readonly string[]>>;
  /** What it will accept after its next start. */
  readonly files: Readonly<Record<string, string>>;
}

const notRunning = 252;

export async function readFirewalld(look: Look): Promise<Firewalld> {
  const [listing, ...texts] = await Promise.all([
    look.query(
      ['sh', '-c', `command -v firewall-cmd >/dev/null || exit ${notRunning}; firewall-cmd --list-all-policies`],
      {
        exits: [0, notRunning],
      },
    ),
    ...policies.map((policy) => look.readText(pathOf(policy))),
  ]);
  const files = policies.flatMap(({ name }, index) => {
    const text = texts[index];
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    ...(listing.exit === 0 && { accepted: parsePolicies(listing.stdout) }),
    files: Object.fromEntries(files),
  };
}

function pathOf({ name }: Policy): string {
  return `/etc/firewalld/policies/${name}.xml`;
}

/** Of ours alone; sorted, for firewalld lists them as it likes. */
function parsePolicies(listing: string): Readonly<Record<string, readonly string[]>> {
  const sections = listing.split(/\n(?=\S)/).flatMap((section) => {
    const name = /^provision-\S+/.exec(section)?.[0];
    return name === undefined ? [] : [[name, (section.match(/(?<=^\t)rule .*$/gm) ?? []).toSorted()] as const];
  });
  return Object.fromEntries(sections);
}

/** Tells firewalld to accept these rules, so that both accept them; without rules, to forget them. */
export function firewalldSteps(rules: readonly AcceptRule[], { accepted, files }: Firewalld): Step[] {
  if (accepted === undefined && rules.length > 0) return [];
  const wanted = policies.map((policy) => ({ policy, rich: richRules(rules, policy) }));
  const changes = wanted.flatMap(({ policy, rich }) => fileSteps(policy, rich, files[policy.name]));
  const right = wanted.every(({ policy: { name }, rich }) => rich.join('\n') === (accepted?.[name] ?? []).join('\n'));
  return accepted === undefined || (right && changes.length === 0) ? changes : [...changes, reload];
}

function richRules(rules: readonly AcceptRule[], { chain }: Policy): readonly string[] {
  const rich = rules.flatMap((rule, index) => (rule.chain === chain ? inItsWords(rule, index) : []));
  return [...new Set(rich)].toSorted();
}

const withPorts = ['tcp', 'udp', 'sctp', 'dccp'];
const everywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** One for each port or range of ports. */
function inItsWords(rule: AcceptRule, index: number): readonly string[] {
  const protocol = rule.protocol?.toLowerCase().replace('icmpv6', 'ipv6-icmp') ?? 'all';
  const ports = String(rule.destination_port ?? '')
    .split(',')
    .filter((port) => port !== '');
  refuseUnspeakable(rule, ports.length > 0 && !withPorts.includes(protocol), index);
  const elements =
    ports.length > 0
      ? ports.map((port) => ` port port="${port.replace(':', '-')}" protocol="${protocol}"`)
      : [protocol === 'all' ? '' : ` protocol value="${protocol}"`];
  const versions = versionsOf(rule, index);
  if (versions.length > 1 && protocol !== 'all') return elements.map((element) => `rule${element} accept`);
  return versions.flatMap((version) => {
    const [source, destination] = [rule.source, rule.destination].map((end) => end && canonicalAddress(end, version));
    const from = source ?? (destination === undefined && protocol === 'all' ? everywhere[version] : undefined);
    const where = [
      ` family="ipv${version}"`,
      ...(from === undefined ? [] : [` source address="${from}"`]),
      ...(destination === undefined ? [] : [` destination address="${destination}"`]),
    ].join('');
    return elements.map((element) => `rule${where}${element} accept`);
  });
}

function refuseUnspeakable(rule: AcceptRule, oddPorts: boolean, index: number): void {
  const named = rule.in_interface ?? rule.out_interface;
  if (named === undefined && !oddPorts) return;
  const what = named === undefined ? `ports of ${rule.protocol}` : `the interface ${named}`;
  throw problem('PV5206', `rule ${index + 1} names ${what}, for which firewalld, which runs here, has no words`, {
    argument: ['rules', index],
    help: 'name addresses instead, or stop firewalld: what it does not accept stays shut',
  });
}

function fileSteps(policy: Policy, rich: readonly string[], before: string | undefined): Step[] {
  const path = pathOf(policy);
  const touches = [`path:${path}`];
  if (rich.length === 0) {
    if (before === undefined) return [];
    return [{ title: `remove ${path}`, before, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches }];
  }
  const content = policyText(policy, rich);
  if (content === before) return [];
  const effect = { kind: 'write', path, content, mode: '0644', owner: 'root', group: 'root' } as const;
  const title = `write ${path}: firewalld is to accept it too`;
  return [{ title, ...(before !== undefined && { before }), after: content, effect, touches }];
}

function policyText({ name, egress }: Policy, rich: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<!-- Written by provision. -->',
    '<policy priority="-10" target="CONTINUE">',
    `  <short>${name}</short>`,
    '  <description>What firewall.policy accepts; what it does not name, it drops by itself.</description>',
    '  <ingress-zone name="ANY"/>',
    `  <egress-zone name="${egress}"/>`,
    ...rich.map(ruleElement),
    '</policy>',
    '',
  ].join('\n');
}

/** `rule family="ipv4" source address="…" port port="22" protocol="tcp" accept`, as an element. */
function ruleElement(rich: string): string {
  const family = / family="\w+"/.exec(rich)?.[0] ?? '';
  const parts = [...rich.matchAll(/ (source|destination|port|protocol)((?: \w+="[^"]+")+)/g)];
  const inner = parts.map(([, name, attributes]) => `<${name}${attributes}/>`).join('');
  return `  <rule${family}>${inner}<accept/></rule>`;
}

/** firewalld does not start with a file that it does not understand: then ours is not left behind. */
const reloadScript = `firewall-cmd -q --check-config || { rm -f -- "$@"; exit 1; }
firewall-cmd -q --reload && { [ ! -x ${loaderFile.path} ] || ${loaderFile.path} settle; }`;

const reload: Step = {
  title: 'have firewalld reload',
  effect: { kind: 'run', argv: ['sh', '-c', reloadScript, 'sh', ...policies.map(pathOf)] },
};
