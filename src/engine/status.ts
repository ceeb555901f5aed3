import { userInfo } from 'node:os';
import { ProvisionError } from '../core/diagnostic.ts';
import type { GuestStatus, HypervisorStatus } from '../core/guest-status.ts';
import type { MoveMark } from '../modules/libvirt/move-mark.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { type DomainsView, type DomainView, viewDomains } from './domain-view.ts';
import type { FactsRequest } from './facts-of-hosts.ts';
import { type HypervisorView, viewHypervisor } from './hypervisor-view.ts';
import { type KnownGuest, knownGuests, knownHypervisors } from './known-guests.ts';
import { Machines } from './machines.ts';
import { runOfNothing } from './run-of-nothing.ts';
import { Forks } from './schedule.ts';

export type StatusRequest = Omit<FactsRequest, 'hosts'> & {
  /** Only these, and the hypervisors that they are on; all where it is left out. */
  readonly guests?: readonly string[];
};

export type LookAround = () => Promise<readonly HypervisorStatus[]>;

/** Lets `work` look around, as often as it likes, over one login a hypervisor. */
export async function withStatus<T>(request: StatusRequest, work: (look: LookAround) => Promise<T>): Promise<T> {
  const { guests: wanted } = request;
  const known = knownGuests(request);
  const isWanted = ({ name }: { readonly name: string }): boolean => wanted?.includes(name) ?? true;
  const hypervisors = wanted
    ? [...new Set(known.filter(isWanted).map(({ hypervisor }) => hypervisor))]
    : knownHypervisors(request, known);
  const watched = hypervisors.map((name) => new Watched(name, request));
  const lookAround: LookAround = async () => {
    const found = new Map<string, HypervisorStatus>();
    await new Forks(request.forks).all(watched, async (one) => {
      const status = await one.look(known);
      found.set(status.name, { ...status, guests: status.guests.filter(isWanted) });
    });
    return hypervisors.flatMap((name) => found.get(name) ?? []);
  };
  try {
    return await work(lookAround);
  } finally {
    await Promise.all(watched.map((one) => one.close()));
  }
}

/** A hypervisor that is looked at again and again; one that could not be reached is tried anew. */
class Watched {
  private readonly name: string;
  private readonly request: StatusRequest;
  private machines: Machines | undefined;

  constructor(name: string, request: StatusRequest) {
    this.name = name;
    this.request = request;
  }

  async look(known: readonly KnownGuest[]): Promise<HypervisorStatus> {
    const { name } = this;
    try {
      this.machines ??= machinesFor(this.request);
      const machine = this.machines.get(name);
      machine.forgetViews();
      const { remote } = await machine.hold(this.machines.identity({}, name));
      const [domains, view] = await Promise.all([viewDomains(remote), viewHypervisor(remote)]);
      return hypervisorStatus(name, known, { ...view, ...domains });
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      await this.close();
      return { name, failure: error.diagnostics[0], others: [], guests: [] };
    }
  }

  async close(): Promise<void> {
    await this.machines?.close();
    this.machines = undefined;
  }
}

function machinesFor(request: StatusRequest): Machines {
  const forks = new Forks(request.forks);
  const owner = { run: 'status', user: userInfo().username, dataOf: () => ({}), forks, warn: () => undefined };
  return new Machines(runOfNothing(request), owner);
}

/** Guests of the inventory in its order, then those that it no longer has here. */
export function hypervisorStatus(
  name: string,
  known: readonly KnownGuest[],
  view: HypervisorView & DomainsView,
): HypervisorStatus {
  const { uptime, libvirt, domains, others } = view;
  const here = known.filter(({ hypervisor }) => hypervisor === name);
  const strays = domains.filter((domain) => !here.some((guest) => guest.name === domain.name));
  return {
    name,
    ...(uptime !== undefined && { uptime }),
    ...(libvirt !== undefined && { libvirt }),
    others: others.filter((other) => !here.some((guest) => guest.name === other)),
    guests: [
      ...here.map((guest) =>
        guestStatus(
          guest,
          domains.find((domain) => domain.name === guest.name),
          view,
        ),
      ),
      ...strays.map((stray) => {
        const elsewhere = known.find((guest) => guest.name === stray.name)?.hypervisor;
        const note = elsewhere === undefined ? 'not in the inventory' : `the inventory has it on ${elsewhere}`;
        return { ...guestStatus({ name: stray.name }, stray, view, [note]), stray: elsewhere === undefined };
      }),
    ],
  };
}

function guestStatus(
  { name, address, mac }: Omit<KnownGuest, 'hypervisor'>,
  domain: DomainView | undefined,
  view: HypervisorView & DomainsView,
  notes: readonly string[] = [],
): GuestStatus {
  const macs = domain?.macs ?? (mac === undefined ? [] : [mac.toLowerCase()]);
  const find = (addresses: ReadonlyMap<string, string>) => macs.map((one) => addresses.get(one)).find(Boolean);
  const [reserved, leased] = [find(view.reserved), find(view.leased)];
  const at = address ?? reserved ?? leased;
  const restart = domain?.running !== undefined && domain.running.definition !== domain.record.definition;
  return {
    name,
    phase: domain?.record.phase ?? 'absent',
    ...(domain && { state: domain.state }),
    ...(at !== undefined && { address: at }),
    ...(reserved !== undefined && { reserved }),
    ...(leased !== undefined && { leased }),
    forwards: view.forwards.filter(({ guest }) => guest === name).map(forwardText),
    ...(domain?.disk && { disk: domain.disk }),
    ...(domain?.uptime !== undefined && { uptime: domain.uptime }),
    restart,
    stray: false,
    notes: [
      ...notes,
      ...(view.others.includes(name) ? ['its name is taken by a domain that provision did not make'] : []),
      ...moveNotes(name, domain?.mark),
      ...(restart ? ['defined anew since it was started: what is left of it waits for a restart'] : []),
      ...differenceOf(at, { reserved, leased }),
    ],
  };
}

function moveNotes(name: string, mark: MoveMark | undefined): readonly string[] {
  if (!mark) return [];
  const ways = `\`provision move ${name} --commit\` or \`--rollback\``;
  return mark.kind === 'leaving' ? [`leaves for ${mark.to}: ${ways}`] : [`came from ${mark.from}: ${ways}`];
}

function forwardText({ protocol, host_port, to_port }: Forward): string {
  return `${protocol === 'udp' ? 'udp ' : ''}${host_port} > ${to_port}`;
}

interface Given {
  readonly reserved: string | undefined;
  readonly leased: string | undefined;
}

function differenceOf(address: string | undefined, { reserved, leased }: Given): readonly string[] {
  if (address === undefined) return [];
  if (leased !== undefined && leased !== address) return [`was given ${leased}`];
  return reserved !== undefined && reserved !== address ? [`${reserved} is reserved for it`] : [];
}
