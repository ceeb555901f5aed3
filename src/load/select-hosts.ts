import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Inventory } from './inventory.ts';

/**
 * The hosts that a pattern names, in inventory order: names, groups and globs with commas or colons between; `!x`
 * takes away, `&x` keeps what is in both. Throws PV2008 for what the inventory does not know.
 */
export function selectHosts(inventory: Inventory, pattern: string, at?: Span): readonly string[] {
  const terms = pattern
    .split(/[,:]/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const unknown: Diagnostic[] = [];
  const select = (name: string): ReadonlySet<string> => {
    const found = matching(inventory, name);
    if (!found) unknown.push(describeUnknown(inventory, name, at));
    return new Set(found);
  };
  const added = terms.filter((term) => !/^[!&]/.test(term)).map(select);
  const kept = terms.filter((term) => term.startsWith('&')).map((term) => select(term.slice(1)));
  const removed = terms.filter((term) => term.startsWith('!')).map((term) => select(term.slice(1)));
  const [first, ...others] = unknown;
  if (first) throw new ProvisionError(first, ...others);
  return [...inventory.hosts.keys()].filter(
    (host) =>
      (terms.length > 0 && added.length === 0 ? true : added.some((set) => set.has(host))) &&
      kept.every((set) => set.has(host)) &&
      !removed.some((set) => set.has(host)),
  );
}

/** `undefined` when nothing is known by that name. */
function matching(inventory: Inventory, name: string): Iterable<string> | undefined {
  if (name === 'all' || name === '*') return inventory.hosts.keys();
  if (inventory.hosts.has(name)) return [name];
  const group = inventory.groups.get(name);
  if (group) return group.hosts;
  if (!/[*?[]/.test(name)) return undefined;
  const glob = globExpression(name);
  const groups = [...inventory.groups.values()].filter((candidate) => glob.test(candidate.name));
  const hosts = [...inventory.hosts.keys()].filter((candidate) => glob.test(candidate));
  return groups.length + hosts.length === 0 ? undefined : [...hosts, ...groups.flatMap((found) => found.hosts)];
}

/** `*`, `?` and `[abc]`, as in a shell. */
function globExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

function describeUnknown(inventory: Inventory, name: string, at: Span | undefined): Diagnostic {
  const label = didYouMean(name, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
  const isGlob = /[*?[]/.test(name);
  const groups = [...inventory.groups.keys()].filter((group) => group !== 'all').slice(0, 12);
  return {
    code: 'PV2008',
    message: isGlob ? `nothing in the inventory matches \`${name}\`` : `the inventory has no host or group \`${name}\``,
    ...(at && { at }),
    ...(label && { label }),
    help: groups.length > 0 ? `its groups are ${groups.map((group) => `\`${group}\``).join(', ')}` : 'it has no groups',
  };
}
