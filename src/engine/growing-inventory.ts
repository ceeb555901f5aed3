import { problem } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import type { Group, Host, Inventory } from '../load/inventory.ts';
import type { Play } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';
import { withGroupsToCome } from './play-hosts.ts';
import type { Outcome } from './task-outcome.ts';

const done: Outcome = { status: 'ok', diff: [], result: {} };

/** The inventory of a run, to which `add_host` and `group_by` add; what is in files stays as it is. */
export class GrowingInventory {
  current: Inventory;

  constructor(inventory: Inventory, plays: readonly Play[]) {
    this.current = withGroupsToCome(inventory, plays);
  }

  addHost(args: Readonly<Record<string, unknown>>, at: Span): Outcome {
    const name = String(args.name);
    const groups = listOf(args.groups);
    if (this.current.groups.has(name)) throw problem('PV2005', `\`${name}\` is both a host and a group`, { at });
    const own: VariableLayer = { origin: `host ${name}`, values: mapOf(args.vars), path: [] };
    const before = this.current.hosts.get(name);
    const known = before ?? { name, groups: ['all'], layers: this.layersOf('all'), ssh: {}, at };
    const host = {
      ...known,
      layers: Object.keys(own.values).length === 0 ? known.layers : [...known.layers, own],
      ssh: { ...known.ssh, ...mapOf(args.ssh) },
    };
    this.put(host, before ? groups : ['all', ...groups]);
    return { ...done, message: `${name} in ${groups.length > 0 ? groups.join(', ') : 'all'}` };
  }

  addToGroup(name: string, args: Readonly<Record<string, unknown>>): Outcome {
    const host = this.current.hosts.get(name);
    const group = String(args.key);
    if (host) this.put(host, [group, ...listOf(args.parents)]);
    const groups = this.groupsWith(listOf(args.parents), (parent) => this.childOf(parent, group));
    this.current = { ...this.current, groups };
    return { ...done, message: group };
  }

  /** The host, now in these groups too, with their variables. */
  private put(host: Host, names: readonly string[]): void {
    const added = [...new Set(names.flatMap((name) => [...this.above(name), name]))];
    const fresh = added.filter((name) => !host.groups.includes(name));
    const layers = fresh.flatMap((name) => this.layersOf(name));
    const ssh = Object.assign({}, ...layers.map(({ values }) => mapOf(values.ssh)));
    const grown = {
      ...host,
      groups: [...host.groups, ...fresh],
      // Those of groups are weaker than its own.
      layers: [...layers, ...host.layers],
      ssh: { ...ssh, ...host.ssh },
    };
    this.current = {
      ...this.current,
      hosts: new Map([...this.current.hosts, [host.name, grown]]),
      groups: this.groupsWith(added, (name) => this.withMember(name, host.name)),
    };
  }

  private groupsWith(names: readonly string[], make: (name: string) => Group): ReadonlyMap<string, Group> {
    return new Map([...this.current.groups, ...names.map((name) => [name, make(name)] as const)]);
  }

  private group(name: string): Group {
    return this.current.groups.get(name) ?? { name, hosts: [], children: [] };
  }

  private withMember(name: string, host: string): Group {
    const group = this.group(name);
    return group.hosts.includes(host) ? group : { ...group, hosts: [...group.hosts, host] };
  }

  private childOf(parent: string, child: string): Group {
    const group = this.group(parent);
    return group.children.includes(child) ? group : { ...group, children: [...group.children, child] };
  }

  /** Groups that have this one as a child, outermost first. */
  private above(name: string): readonly string[] {
    const parents = [...this.current.groups.values()].filter((group) => group.children.includes(name));
    return parents.flatMap((parent) => [...this.above(parent.name), parent.name]);
  }

  /** What hosts that are in the group already have from it. */
  private layersOf(name: string): readonly VariableLayer[] {
    const member = this.current.groups.get(name)?.hosts[0];
    const layers = member === undefined ? [] : (this.current.hosts.get(member)?.layers ?? []);
    return layers.filter(({ origin }) => origin === `group ${name}`);
  }
}

function listOf(value: unknown): readonly string[] {
  return (value === undefined ? [] : [value].flat())
    .flatMap((text) => String(text).split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
