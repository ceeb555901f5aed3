import type { Look, Step } from '../../core/plan.ts';
import { loaderFile } from '../firewall-files.ts';
import type { AcceptRule } from './accept-rule.ts';
import { richRules } from './rich-rules.ts';

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
const listPolicies = `command -v firewall-cmd >/dev/null || exit ${notRunning}; firewall-cmd --list-all-policies`;

export async function readFirewalld(look: Look): Promise<Firewalld> {
  const [listing, ...texts] = await Promise.all([
    look.query(['sh', '-c', listPolicies], { exits: [0, notRunning] }),
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
  const wanted = policies.map((policy) => ({ policy, rich: richRules(rules, policy.chain) }));
  const changes = wanted.flatMap(({ policy, rich }) => fileSteps(policy, rich, files[policy.name]));
  const right = wanted.every(({ policy: { name }, rich }) => rich.join('\n') === (accepted?.[name] ?? []).join('\n'));
  return accepted === undefined || (right && changes.length === 0) ? changes : [...changes, reload];
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
