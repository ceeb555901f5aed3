import { type Diagnostic, problem } from '../core/diagnostic.ts';
import { describeBytes } from '../modules/libvirt/capacity.ts';
import { unfinished } from '../modules/libvirt/copy-file.ts';
import { elementsAt, formatXml, parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { bridgesOf, type Destination, disksOf, filesOf, type MovingGuest, networksOf } from './move-survey.ts';

/** From where to where. */
export interface Move {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A move that nothing stands against, as far as can be seen. */
export interface MovePlan {
  /** In what the hosts differ, where it matters to the guest or to who looks after it. */
  readonly differences: readonly string[];
  /** For the new host. */
  readonly xml: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly pools: readonly string[];
  readonly reservations: readonly Readonly<Record<string, string>>[];
  readonly forwards: readonly Forward[];
  readonly autostart: boolean;
  /** What is to be copied. */
  readonly bytes: number;
}

/** Pure; `refusals` are all that stands against it. */
export function planMove(
  move: Move,
  source: MovingGuest,
  destination: Destination,
): { readonly plan: MovePlan; readonly refusals: readonly Diagnostic[] } {
  const domain = parseXml(source.xml, 'domain');
  const files = filesToCopy(source, destination.pools);
  const bytes = source.disks.reduce((sum, { used }) => sum + used, 0);
  const refusals = [
    ...ofGuest(move, source, domain),
    ...ofHost(move, { source, destination, domain, files }),
    ...ofRoom(move, { source, destination, files }),
    ...ofNetwork(move, { source, destination, domain }),
  ];
  const { mark } = source;
  return {
    refusals,
    plan: {
      differences: differencesBetween(move, { source, destination, domain }),
      xml: formatXml(withFiles(domain, files)),
      files,
      pools: [...destination.pools.keys()],
      reservations: reservationsOf(source),
      forwards: source.forwards,
      autostart: mark?.kind === 'leaving' ? mark.autostart : source.autostart,
      bytes,
    },
  };
}

/** Each disk in the pool of the same name, NVRAM where it was. */
export function filesToCopy({ xml, disks }: MovingGuest, pools: Destination['pools']): MovePlan['files'] {
  const nvram = textAt(parseXml(xml, 'domain'), 'os/nvram');
  return [
    ...disks.map(({ path, pool }) => {
      const home = pool === undefined ? undefined : pools.get(pool)?.path;
      return { from: path, to: home === undefined ? path : `${home}/${path.split('/').at(-1)}` };
    }),
    ...(nvram ? [{ from: nvram, to: nvram }] : []),
  ];
}

function withFiles(element: Xml, files: MovePlan['files']): Xml {
  const { file } = element.attributes;
  const moved = element.name === 'source' && files.find(({ from }) => from === file);
  return {
    ...element,
    ...(moved && { attributes: { ...element.attributes, file: moved.to } }),
    children: element.children.map((child) => withFiles(child, files)),
  };
}

function reservationsOf({ reservations }: MovingGuest): MovePlan['reservations'] {
  const all = reservations.map(({ network, host: { attributes } }) => {
    const { mac = '', ip = '', name } = attributes;
    return { network, mac, ip, ...(name !== undefined && { name }) };
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function refusal(code: 'PV5318' | 'PV5319', message: string, help: string): Diagnostic {
  return problem(code, message, { help }).diagnostics[0];
}

/** Why it cannot leave as it is. */
function ofGuest({ name, from, to }: Move, source: MovingGuest, domain: Xml): readonly Diagnostic[] {
  const refuse = (message: string, help: string) => refusal('PV5318', `${name} on ${from} ${message}`, help);
  const { record, mark, state, snapshots, disks } = source;
  const all = disksOf(domain);
  const devices = ['hostdev', 'tpm', 'filesystem', 'shmem'].filter(
    (kind) => elementsAt(domain, `devices/${kind}`).length > 0,
  );
  return [
    ...(record ? [] : [refuse('was not made by provision', 'a playbook of yours must have installed it')]),
    ...(record?.phase === 'installing'
      ? [refuse('is still being installed', 'let a run of its playbook come to its end first')]
      : []),
    ...(mark?.kind === 'leaving' && mark.to !== to
      ? [refuse(`is already being moved, to ${mark.to}`, `--to ${mark.to} goes on with that, --rollback takes it back`)]
      : []),
    ...(mark?.kind === 'arrived'
      ? [refuse(`came from ${mark.from}, and that move is not over`, 'end it first, with --commit or --rollback')]
      : []),
    ...(['running', 'shut off'].includes(state)
      ? []
      : [refuse(`is ${state}`, 'resume it (virsh resume) or shut it down')]),
    ...(snapshots.length > 0
      ? [
          refuse(
            `has snapshots: ${snapshots.join(', ')}`,
            'they would stay behind: remove them (virsh snapshot-delete)',
          ),
        ]
      : []),
    ...(all.length > disks.length
      ? [refuse('has a disk that is no image file', 'its data must be moved by hand')]
      : []),
    ...disks.flatMap(({ path, backing }) =>
      backing === undefined
        ? []
        : [
            refuse(
              `has ${path}, which is built upon ${backing}`,
              'make it whole: virsh blockpull, or qemu-img convert',
            ),
          ],
    ),
    ...(elementsAt(domain, 'devices/graphics').some(({ attributes }) => attributes.passwd)
      ? [refuse('has a password for its screen', 'it would be shown: take it out, and set it anew on the new host')]
      : []),
    ...devices.map((kind) => refuse(`has a device of its host: <${kind}>`, 'take it out of the definition first')),
  ];
}

interface Compared {
  readonly source: MovingGuest;
  readonly destination: Destination;
  readonly domain: Xml;
}

/** Why the host cannot run it. */
function ofHost(
  { name, to, from }: Move,
  { source, destination, domain, files }: Compared & { readonly files: MovePlan['files'] },
): readonly Diagnostic[] {
  const refuse = (message: string, help: string) => refusal('PV5319', `${to} ${message}`, help);
  const { mark } = source;
  const { domain: other, capabilities, type, present, memory } = destination;
  const own = other?.mark?.kind === 'arrived' && other.mark.from === from;
  const machine = textAt(domain, 'os/type/@machine') ?? '';
  const model = capabilities === undefined ? undefined : missingModel(domain, capabilities);
  const needed = Number(textAt(domain, 'memory')) * 1024;
  const lacking = filesOf(domain).filter((path) => !present.has(path));
  const inTheWay = mark || own ? [] : files.filter(({ to: path }) => present.has(path));
  return [
    ...(other && !own ? [refuse(`has a domain ${other.name} already`, 'see whose it is: provision status')] : []),
    ...(type === undefined
      ? [refuse(`cannot run domains of type ${domain.attributes.type}`, 'kvm needs a processor that can, and /dev/kvm')]
      : []),
    ...(type !== undefined && capabilities === undefined
      ? [
          refuse(
            `does not know the machine type ${machine}`,
            `its QEMU is older; a machine type that both know is needed`,
          ),
        ]
      : []),
    ...(model === undefined
      ? []
      : [
          refuse(
            `cannot offer the processor ${model}`,
            'give the guest one that both can: `cpu_mode`, or another model',
          ),
        ]),
    ...(needed > memory
      ? [
          refuse(
            `has ${describeBytes(memory)} of memory, and ${name} wants ${describeBytes(needed)}`,
            'give it less first',
          ),
        ]
      : []),
    ...lacking.map((path) => refuse(`has no ${path}`, 'the definition names it: bring it there, or take it out')),
    ...inTheWay.map(({ to: path }) =>
      refuse(
        `has a file ${path} already`,
        `remove or rename it; called ${unfinished(path)} it is taken for the beginning of the copy`,
      ),
    ),
  ];
}

/** A named model of processor that the host does not have. */
function missingModel(domain: Xml, capabilities: string): string | undefined {
  const model = textAt(domain, 'cpu/model');
  if (!model || textAt(domain, 'cpu/@mode') !== 'custom') return undefined;
  const modes = elementsAt(parseXml(capabilities, 'domainCapabilities'), 'cpu/mode');
  const offered = modes.filter(({ attributes }) => attributes.name === 'custom').flatMap(({ children }) => children);
  const found = offered.find(({ name, text }) => name === 'model' && text === model);
  return found?.attributes.usable === 'yes' ? undefined : model;
}

/** Whether its disks have a place. */
function ofRoom(
  { to }: Move,
  { source, destination, files }: Omit<Compared, 'domain'> & { readonly files: MovePlan['files'] },
): readonly Diagnostic[] {
  const { pools, present } = destination;
  const names = [...new Set(source.disks.flatMap(({ pool }) => pool ?? []))];
  const homeless = source.disks.filter(({ pool }) => pool === undefined);
  return [
    ...homeless.map(({ path }) =>
      refusal(
        'PV5318',
        `no pool knows ${path}`,
        'let libvirt know its folder, as a pool of the same name on both hosts',
      ),
    ),
    ...names.flatMap((name) => {
      const pool = pools.get(name);
      if (!pool) return [refusal('PV5319', `${to} has no active pool ${name}`, 'a run of its playbook makes it')];
      const disks = source.disks.filter((disk) => disk.pool === name);
      const there = files.reduce(
        (sum, { to: path }) => sum + (present.get(path) ?? present.get(unfinished(path)) ?? 0),
        0,
      );
      const needed = disks.reduce((sum, { used }) => sum + used, 0) - there;
      if (needed <= pool.free) return [];
      const message = `${to} has ${describeBytes(pool.free)} free in pool ${name}, and ${describeBytes(needed)} are to come`;
      return [refusal('PV5319', message, 'make room, or grow the file system')];
    }),
  ];
}

/** Whether it is found there under its addresses. */
function ofNetwork({ name, to }: Move, { source, destination, domain }: Compared): readonly Diagnostic[] {
  const refuse = (message: string, help: string) => refusal('PV5319', `${to} ${message}`, help);
  const { networks, bridges, view } = destination;
  const taken = (forward: Forward) =>
    view.forwards.find(
      (other) => other.guest !== name && other.protocol === forward.protocol && other.host_port === forward.host_port,
    );
  const reserved = reservationsOf(source).flatMap(({ network = '', ip, mac = '' }) => {
    const xml = networks.get(network);
    const hosts = xml ? elementsAt(parseXml(xml, 'network'), 'ip/dhcp/host') : [];
    const other = hosts.find(
      ({ attributes }) => attributes.ip === ip && attributes.mac?.toLowerCase() !== mac.toLowerCase(),
    );
    return other
      ? [refuse(`keeps ${ip} for ${other.attributes.name ?? other.attributes.mac}`, 'give one of them another')]
      : [];
  });
  return [
    ...networksOf(domain).flatMap((network) => {
      const there = networks.get(network);
      if (!there) return [refuse(`has no active network ${network}`, 'a run of its playbook makes it')];
      const [here, other] = [subnetOf(source.networks.get(network) ?? ''), subnetOf(there)];
      const help = `${name} would lose its address: both must be the same network`;
      return here === other ? [] : [refuse(`has network ${network} at ${other || 'no address'}, not ${here}`, help)];
    }),
    ...bridgesOf(domain)
      .filter((bridge) => !bridges.includes(bridge))
      .map((bridge) => refuse(`has no bridge ${bridge}`, 'make it, on the same wire')),
    ...reserved,
    ...source.forwards.flatMap((forward) => {
      const other = taken(forward);
      const port = `${forward.protocol} port ${forward.host_port}`;
      if (other) return [refuse(`forwards ${port} to ${other.guest}`, `give one of them another port`)];
      const listens = forward.protocol === 'tcp' && view.listening.some(({ port }) => port === forward.host_port);
      return listens ? [refuse(`itself listens on ${port}`, `ss -ln sport = :${forward.host_port} shows who`)] : [];
    }),
  ];
}

/** `192.168.101.1/24`: the host's address in the network, which is the guests' gateway. */
function subnetOf(xml: string): string {
  if (xml === '') return '';
  const [ip] = elementsAt(parseXml(xml, 'network'), 'ip');
  const { address = '', netmask = '', prefix = '' } = ip?.attributes ?? {};
  return address === '' ? '' : `${address}/${prefix || netmask}`;
}

function differencesBetween({ from, to }: Move, { source, destination, domain }: Compared): readonly string[] {
  const compared = (what: string, here: string, there: string): readonly string[] =>
    here === there ? [] : [`${what}: ${here || 'unknown'} on ${from}, ${there || 'unknown'} on ${to}`];
  const moved = filesToCopy(source, destination.pools).filter((file) => file.from !== file.to);
  const mode = textAt(domain, 'cpu/@mode');
  return [
    ...compared('libvirt', source.traits.libvirt, destination.traits.libvirt),
    ...(mode === undefined
      ? []
      : compared(`processor (the guest has \`${mode}\`)`, source.traits.processor, destination.traits.processor)),
    ...networksOf(domain).flatMap((network) => {
      const [here, there] = [source.networks.get(network), destination.networks.get(network)];
      return here && there ? compared(`bridge of network ${network}`, bridgeOf(here), bridgeOf(there)) : [];
    }),
    ...moved.map((file) => `path: ${file.from} becomes ${file.to}`),
  ];
}

function bridgeOf(xml: string): string {
  return textAt(parseXml(xml, 'network'), 'bridge/@name') ?? '';
}
