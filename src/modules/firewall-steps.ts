import type { IpVersion } from '../core/ip-address.ts';
import type { Seconds, Step } from '../core/plan.ts';
import { Type } from '../schema/schema.ts';
import { fragmentFolder } from './firewall-files.ts';
import { type Fragment, fragmentText, isAbsent, isLoaded, presentText, removalText } from './firewall-fragment.ts';
import { guardedLoad } from './firewall-guard.ts';
import { persistenceSteps, withdrawalSteps } from './firewall-persistence.ts';
import { type FirewallState, fragmentPath } from './firewall-state.ts';
import { isPassed, loadKept, passSteps } from './libvirt-table.ts';

/** The argument of each module whose rules are loaded under guard. */
export const revertAfter = Type.Integer({
  default: 60,
  minimum: 15,
  maximum: 600,
  description: 'seconds after which the host puts the old rules back unless a new login has confirmed the new ones',
});

export interface WantedRules {
  readonly name: string;
  /** What the user calls them: `the firewall policy`. */
  readonly what: string;
  /** One for each family of addresses; without a single rule it is to be gone. */
  readonly fragments: readonly Fragment[];
  readonly revertAfter: Seconds;
  /** What would shut us out, where it can be told beforehand. */
  readonly suspect?: string;
}

/** Rules loaded under guard, and only then kept for the next boot: what nobody confirmed must not outlive one. */
export function ruleSteps(wanted: WantedRules, state: FirewallState): Step[] {
  const { name } = wanted;
  const fragments = wanted.fragments.filter(({ version }) => state.saved[version]);
  const right = !state.unconfirmed && fragments.every((fragment) => isRight(fragment, state));
  return [
    ...(right ? [] : [loadStep({ ...wanted, fragments }, state)]),
    ...fragments.flatMap((fragment) => keepSteps(name, fragment, state)),
    // It refuses nothing, and speaks of guests alone: nobody is shut out by it.
    ...passSteps(name, fragments, state),
    ...(fragments.some(hasRules) ? persistenceSteps(state.persistence) : withdrawalSteps(state.persistence, name)),
    ...(isPassed(fragments, state) ? [] : [loadKept]),
  ];
}

function hasRules({ chains }: Fragment): boolean {
  return chains.some(({ rules }) => rules.length > 0);
}

function isRight(fragment: Fragment, { saved }: FirewallState): boolean {
  const present = saved[fragment.version] ?? {};
  return hasRules(fragment) ? isLoaded(fragment, present) : isAbsent(fragment, present);
}

function loadStep({ name, what, fragments, revertAfter, suspect }: WantedRules, state: FirewallState): Step {
  const textsOf = (write: (fragment: Fragment) => string): { readonly [version in IpVersion]: string } => {
    const text = (version: IpVersion): string =>
      fragments
        .filter((one) => one.version === version)
        .map(write)
        .join('');
    return { 4: text(4), 6: text(6) };
  };
  const wanted = textsOf((fragment) => (hasRules(fragment) ? fragmentText(fragment) : removalText(fragment.chains)));
  const before = textsOf(({ version, chains }) => presentText(chains, state.saved[version] ?? {}));
  const kept = { name, wanted, before, revertAfter, ...(suspect !== undefined && { suspect }) };
  const shown = {
    before: shownText(before),
    after: shownText(textsOf((fragment) => (hasRules(fragment) ? fragmentText(fragment) : ''))),
  };
  return {
    title: titleOf(what, fragments, { unconfirmed: state.unconfirmed, same: shown.before === shown.after }),
    ...shown,
    effect: guardedLoad(kept),
  };
}

interface Occasion {
  readonly unconfirmed: boolean;
  /** Only the jumps are not where they count. */
  readonly same: boolean;
}

function titleOf(what: string, fragments: readonly Fragment[], { unconfirmed, same }: Occasion): string {
  if (!fragments.some(hasRules)) return `take ${what} away`;
  if (unconfirmed) return `load ${what} again: an earlier run ended before it was confirmed`;
  if (same) return `put ${what} back to where it counts`;
  const counts = fragments
    .filter(hasRules)
    .map(({ version, chains }) => `${chains.flatMap(({ rules }) => rules).length} for IPv${version}`);
  return `load ${what}: rules ${counts.join(', ')}`;
}

/** Without the lines that only the tool needs. */
function shownText(texts: { readonly [version in IpVersion]: string }): string {
  const lines = ([4, 6] as const).flatMap((version) =>
    texts[version].split('\n').flatMap((line) => (/^(-[AI] |#address)/.test(line) ? [`IPv${version} ${line}\n`] : [])),
  );
  return lines.join('');
}

/** Exactly what is loaded, for the next boot. */
function keepSteps(name: string, fragment: Fragment, { files }: FirewallState): Step[] {
  const path = fragmentPath(name, fragment.version);
  const present = files[fragment.version];
  const touches = [`path:${path}`];
  if (!hasRules(fragment)) {
    if (present === undefined) return [];
    return [{ title: `remove ${path}`, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches }];
  }
  const content = fragmentText(fragment);
  if (present === content) return [];
  const folder = {
    title: `make ${fragmentFolder}`,
    effect: { kind: 'run', argv: ['mkdir', '-p', fragmentFolder] },
  } as const;
  const title = `keep the rules for the next boot in ${path}`;
  const effect = { kind: 'write', path, content, mode: '0600', owner: 'root', group: 'root' } as const;
  return [
    ...(present === undefined ? [{ ...folder, touches: [`path:${fragmentFolder}`] }] : []),
    { title, effect, touches },
  ];
}
