import type { Step } from '../../core/plan.ts';
import { missingFrom } from './compare-xml.ts';
import { groupsOf, regrouped, type Section, sections, share } from './network-sections.ts';
import { runVirsh } from './virsh.ts';
import { elementsAt, formatXml, type Xml } from './xml.ts';

/** What becomes of reservations, names and port groups that a template does not name. */
export type Unnamed = 'keep' | 'remove';

export interface NetworkViews {
  readonly name: string;
  readonly wanted: Xml;
  /** What it will be when it starts next. */
  readonly config: Xml;
  /** What it is now. */
  readonly live: Xml;
  readonly unnamed: Unnamed;
}

/** The same network without what can change while it runs. */
export function withoutUpdatable(network: Xml): Xml {
  return sections.reduce((rest, section) => regrouped(rest, section, () => []), network);
}

/** What can change while it runs is put in one order, whichever libvirt has it in. */
export function inOneOrder(network: Xml): Xml {
  const sorted = (items: readonly Xml[]): readonly Xml[] =>
    items.toSorted((one, other) => (formatXml(one) < formatXml(other) ? -1 : 1));
  return sections.reduce((rest, section) => regrouped(rest, section, sorted), network);
}

/** The definition, and what `kept` has besides that may stay: nothing stays where the address is another one. */
export function withUnnamed(wanted: Xml, kept: Xml): Xml {
  const addressOf = (network: Xml, at: number): string | undefined => elementsAt(network, 'ip')[at]?.attributes.address;
  return sections.reduce((definition, section) => {
    const groups = groupsOf(kept, section);
    return regrouped(definition, section, (items, at) => {
      const moved = section.path[0] === 'ip' && addressOf(wanted, at) !== addressOf(kept, at);
      return section.whole || moved ? items : [...items, ...unnamedIn(groups[at] ?? [], items, section)];
    });
  }, wanted);
}

function unnamedIn(there: readonly Xml[], wanted: readonly Xml[], { rivals }: Section): readonly Xml[] {
  return there.filter((item) => !wanted.some((one) => share(rivals, one, item) || isAsWanted(item, one)));
}

/** Adds, changes and removes what can be while the network runs, without a restart. */
export function updateSteps({ name, wanted, config, live, unnamed }: NetworkViews): readonly Step[] {
  const addresses = elementsAt(wanted, 'ip').length;
  return sections.flatMap((section) =>
    groupsOf(wanted, section).flatMap((items, at) => {
      const changesIn = (network: Xml): readonly Change[] =>
        changesOf(section, items, { there: groupsOf(network, section)[at] ?? [], unnamed });
      const which = section.path[0] === 'ip' && addresses > 1 ? ['--parent-index', String(at)] : [];
      return merged(changesIn(live), changesIn(config)).map(({ flags, ...change }) =>
        updateStep(name, section, { ...change, flags: [...which, ...flags] }),
      );
    }),
  );
}

interface Change {
  readonly action: 'add' | 'modify' | 'delete';
  readonly item: Xml;
}

interface Present {
  readonly there: readonly Xml[];
  readonly unnamed: Unnamed;
}

function changesOf(section: Section, wanted: readonly Xml[], { there, unnamed }: Present): readonly Change[] {
  const missing = wanted.filter((item) => !there.some((other) => isAsWanted(other, item)));
  const changed = missing.flatMap((item) => there.filter((other) => share(section.same, other, item)));
  const goes = (item: Xml): boolean => {
    if (wanted.some((one) => isAsWanted(item, one)) || changed.includes(item)) return false;
    if (missing.some((one) => share(section.rivals, one, item))) return true;
    return section.whole ? wanted.length > 0 : unnamed === 'remove';
  };
  return [
    ...there.filter(goes).map((item) => ({ action: 'delete', item }) as const),
    ...missing.map((item) => {
      const action = changed.some((other) => share(section.same, other, item)) ? 'modify' : 'add';
      return { action, item } as const;
    }),
  ];
}

/** All that is wanted is there, and no attribute besides: a reservation may have lost its name. */
function isAsWanted(actual: Xml, wanted: Xml): boolean {
  const more = Object.keys(actual.attributes).some((name) => !Object.hasOwn(wanted.attributes, name));
  return !more && missingFrom(actual, wanted).length === 0;
}

interface FlaggedChange extends Change {
  readonly flags: readonly string[];
}

/** The same change of what is now and of what will be is made at once. */
function merged(live: readonly Change[], config: readonly Change[]): readonly FlaggedChange[] {
  const changes = new Map<string, FlaggedChange>();
  const place = (list: readonly Change[], flag: string): void => {
    for (const change of list) {
      const key = `${change.action} ${formatXml(change.item)}`;
      changes.set(key, { ...change, flags: [...(changes.get(key)?.flags ?? []), flag] });
    }
  };
  place(live, '--live');
  place(config, '--config');
  return [...changes.values()];
}

function updateStep(network: string, { name, path }: Section, { action, item, flags }: FlaggedChange): Step {
  const title = path.join('/') === 'ip/dhcp/host' ? reservationTitle(network, { action, item }) : undefined;
  const text = inOneLine(item);
  const verb = { add: 'add to', modify: 'change in', delete: 'take from' }[action];
  return {
    title: title ?? `${verb} network ${network}, without disturbing it: ${text}`,
    effect: runVirsh('net-update', network, action, name, text, ...flags),
  };
}

function inOneLine(item: Xml): string {
  return formatXml(item).trim().replaceAll(/\n\s*/g, '');
}

function reservationTitle(network: string, { action, item }: Change): string {
  const { ip = 'an address', name, id = 'its MAC address', mac = id } = item.attributes;
  const whose = name === undefined ? mac : `${name} (${mac})`;
  return {
    add: `reserve ${ip} for ${whose} in network ${network}, without disturbing it`,
    modify: `reserve ${ip} for ${whose} in network ${network} from now on, without disturbing it`,
    delete: `give up the reservation of ${ip} for ${whose} in network ${network}`,
  }[action];
}
