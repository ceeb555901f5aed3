import type { Problems } from '../core/diagnostic.ts';
import type { Group } from './inventory.ts';
import type { InventoryDraft } from './inventory-draft.ts';

/** How the groups of an inventory contain each other. */
export interface GroupTree {
  readonly groups: ReadonlyMap<string, Group>;
  /** Of a host that these groups name: every group it is in, weakest first, `all` at the beginning. */
  groupsOf(direct: Iterable<string>): readonly string[];
}

/** Puts the groups in order; a group that contains itself is reported. */
export function createGroupTree(draft: InventoryDraft, problems: Problems): GroupTree {
  const children = childrenOf(draft, problems);
  const topDown = orderFrom('all', children);
  const depths = depthsOf(topDown, children);
  const parents = new Map<string, string[]>();
  for (const [name, below] of children) {
    for (const child of below) parents.set(child, [...(parents.get(child) ?? []), name]);
  }
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const name of topDown) {
    const above = (parents.get(name) ?? []).flatMap((parent) => [...(ancestors.get(parent) ?? [])]);
    ancestors.set(name, new Set([...above, name]));
  }
  const stronger = (a: string, b: string) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1);
  return {
    groups: gather(draft, { topDown, children }),
    groupsOf: (direct) => [...new Set([...direct].flatMap((name) => [...(ancestors.get(name) ?? [])]))].sort(stronger),
  };
}

/** Children by name, without the ones that would close a circle. Groups without a parent are children of `all`. */
function childrenOf(draft: InventoryDraft, problems: Problems): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const group of draft.groups.values()) {
    if (group.children.has('all')) reportCycle(['all', group.name, 'all'], draft, problems);
    const below = [...group.children.keys()].filter((name) => name !== 'all');
    children.set(group.name, below);
  }
  const open: string[] = [];
  const done = new Set<string>();
  const visit = (name: string): void => {
    open.push(name);
    const kept = (children.get(name) ?? []).filter((child) => {
      if (open.includes(child)) reportCycle([...open.slice(open.indexOf(child)), child], draft, problems);
      else if (!done.has(child)) visit(child);
      return !open.includes(child);
    });
    children.set(name, kept);
    open.pop();
    done.add(name);
  };
  for (const name of children.keys()) if (!done.has(name)) visit(name);
  const named = new Set([...children.values()].flat());
  const top = [...children.keys()].filter((name) => name !== 'all' && !named.has(name));
  children.set('all', [...new Set([...(children.get('all') ?? []), ...top])]);
  return children;
}

function reportCycle(circle: readonly string[], draft: InventoryDraft, problems: Problems): void {
  const [first = '', last = ''] = [circle.at(-1), circle.at(-2)];
  const at = draft.groups.get(last)?.children.get(first);
  const group = draft.groups.get(first);
  problems.add('PV2004', `the group \`${first}\` contains itself: ${circle.join(' > ')}`, {
    ...(at && { at }),
    ...(group && { related: [{ at: group.at, message: `\`${first}\` begins here` }] }),
    help: 'take one of them out of `children`',
  });
}

/** Every group after all groups that contain it. */
function orderFrom(root: string, children: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    for (const child of children.get(name) ?? []) visit(child);
    order.push(name);
  };
  visit(root);
  return order.reverse();
}

/** The longest way from `all`: of two groups, the deeper is the stronger. */
function depthsOf(topDown: readonly string[], children: ReadonlyMap<string, readonly string[]>) {
  const depths = new Map<string, number>();
  for (const name of topDown) {
    const below = (depths.get(name) ?? 0) + 1;
    for (const child of children.get(name) ?? []) depths.set(child, Math.max(depths.get(child) ?? 0, below));
  }
  return depths as ReadonlyMap<string, number>;
}

interface Order {
  readonly topDown: readonly string[];
  readonly children: ReadonlyMap<string, readonly string[]>;
}

function gather(draft: InventoryDraft, { topDown, children }: Order): ReadonlyMap<string, Group> {
  const positions = new Map([...draft.hosts.keys()].map((name, index) => [name, index]));
  const inOrder = (a: string, b: string) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0);
  const groups = new Map<string, Group>();
  for (const name of topDown.toReversed()) {
    const below = children.get(name) ?? [];
    const own = draft.groups.get(name)?.hosts ?? [];
    const all = new Set([...own, ...below.flatMap((child) => groups.get(child)?.hosts ?? [])]);
    const hosts = name === 'all' ? [...positions.keys()] : [...all].sort(inOrder);
    groups.set(name, { name, hosts, children: below });
  }
  const names = new Set(['all', ...draft.groups.keys()]);
  return new Map([...names].map((name) => [name, groups.get(name) ?? { name, hosts: [], children: [] }]));
}
