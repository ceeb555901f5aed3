import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Document, isMap, isSeq, parseDocument, visit } from 'yaml';
import { problem } from '../core/diagnostic.ts';
import { gatewayOf, installerPort, proxyPort } from './names.ts';

export interface InventoryFacts {
  readonly file: string;
  readonly subnet: string;
  readonly mirror: string;
  readonly debian: boolean;
  readonly privateKeyFile: string;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly hostKey: string }[];
}

type Path = readonly string[];

interface GuestKind {
  readonly installer: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: string;
  readonly packages?: readonly string[];
}

// Under software emulation a kernel that tests its timer may find it wanting for good: it must not ask.
const kernelArguments = 'no_timer_check';
const mini: GuestKind = { installer: 'mini', memory: 192, vcpus: 1, disk: '256M', packages: [] };
const debian: GuestKind = { installer: 'debian13', memory: 1024, vcpus: 2, disk: '6G' };

/** Writes what the lab knows into its inventory; whatever else stands in it, comments too, stays as it is. */
export async function writeInventory(facts: InventoryFacts): Promise<void> {
  const before = await readFile(facts.file, 'utf8').catch(() => undefined);
  const document = before?.trim() ? parseDocument(before) : new Document({});
  if (document.errors.length > 0 || !isMap(document.contents))
    throw problem('PV5603', `${facts.file} is no YAML map any more, so the lab cannot bring it up to date`, {
      help: 'mend it, or remove it: `lab up` writes a new one',
    });
  if (before === undefined) document.commentBefore = ` Written by \`provision lab up\`; what you add to it stays.`;
  own(document, facts);
  const after = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  if (after === before) return;
  await mkdir(dirname(facts.file), { recursive: true });
  await writeFile(`${facts.file}.new`, after, { mode: 0o600 });
  await rename(`${facts.file}.new`, facts.file);
}

function own(document: Document, facts: InventoryFacts): void {
  const [kind, other] = facts.debian ? [debian, mini] : [mini, debian];
  const installers = `http://${gatewayOf(facts.subnet)}:${installerPort}/${kind.installer}`;
  const variables = {
    domain_type: 'qemu',
    mirror: facts.mirror,
    mirror_proxy: `http://${gatewayOf(facts.subnet)}:${proxyPort}/`,
    suite: 'trixie',
    // The installer would look for security updates at a place the lab cannot reach.
    update_services: '',
    installer_url: installers,
    installer_checksums: `${installers}/SHA256SUMS`,
    kernel_arguments: kernelArguments,
  };
  for (const [name, value] of Object.entries(variables)) put(document, ['all', 'vars', name], value);
  ownNetworks(document, facts.subnet);
  for (const host of facts.hosts) ownHost(document, facts, host);
  dropLostHosts(document, facts);
  ownGuests(document, kind, other);
  for (const group of ['dhcp_servers', 'firewalls'])
    if (!document.hasIn([group])) put(document, [group, 'hosts', 'hypervisor1'], {}, true);
}

/** The one that libvirt makes for guests, and the lab's own, on which a DHCP server can be tried. */
function ownNetworks(document: Document, subnet: string): void {
  if (document.hasIn(['all', 'vars', 'networks'])) return;
  const lan = { gateway: gatewayOf(subnet), dynamic: `${subnet}.200-${subnet}.220`, interface: 'eth0' };
  const networks = {
    nat: { kind: 'nat', subnet: '192.168.101.0/24', gateway: '192.168.101.1' },
    lan: { kind: 'bridged', subnet: `${subnet}.0/24`, ...lan },
  };
  for (const [name, network] of Object.entries(networks))
    put(document, ['all', 'vars', 'networks', name], network, true);
  if (!document.hasIn(['guests', 'vars', 'network'])) put(document, ['guests', 'vars', 'network'], 'nat');
}

function ownHost(document: Document, facts: InventoryFacts, host: InventoryFacts['hosts'][number]): void {
  const path = ['hypervisors', 'hosts', host.name];
  const ssh = {
    host: host.address,
    user: 'root',
    private_key_file: facts.privateKeyFile,
    host_key: host.hostKey.split(' ').slice(0, 2).join(' '),
  };
  if (document.hasIn([...path, 'ssh', 'host']))
    for (const [name, value] of Object.entries(ssh)) put(document, [...path, 'ssh', name], value);
  else put(document, path, { ssh }, true);
}

/** Hosts of an earlier `lab up` with more of them; known by our key. */
function dropLostHosts(document: Document, facts: InventoryFacts): void {
  const listed = document.getIn(['hypervisors', 'hosts']);
  if (!isMap(listed)) return;
  const kept = facts.hosts.map(({ name }) => name);
  for (const name of listed.items.map(({ key }) => String(key))) {
    const ours = listed.getIn([name, 'ssh', 'private_key_file']) === facts.privateKeyFile;
    if (ours && !kept.includes(name)) listed.delete(name);
  }
}

/** Sizes go with the kind of guest, but a size changed by hand is the user's. */
function ownGuests(document: Document, kind: GuestKind, other: GuestKind): void {
  const path = ['guests', 'vars'];
  for (const name of ['memory', 'vcpus', 'disk'] as const) {
    const present = document.getIn([...path, name]);
    if (present === undefined || present === other[name]) put(document, [...path, name], kind[name]);
  }
  const packages = document.getIn([...path, 'packages']);
  if (kind.packages && packages === undefined) put(document, [...path, 'packages'], kind.packages, true);
  else if (!kind.packages && isSeq(packages) && packages.items.length === 0) document.deleteIn([...path, 'packages']);
  if (document.hasIn(['guests', 'hosts', 'everest'])) return;
  const ssh = { port: 10022, user: 'tuna', password: randomBytes(9).toString('base64url') };
  const everest = { hypervisor: 'hypervisor1', ip: '192.168.101.100', mac: '02:33:33:33:33:33', ssh };
  put(document, ['guests', 'hosts', 'everest'], everest, true);
}

/** Leaves a node that already says so alone, with its comments and its style. */
function put(document: Document, path: Path, value: unknown, flow = false): void {
  if (typeof value !== 'object' && document.getIn(path) === value) return;
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    // `hosts:` with nothing behind it is a null, not a map.
    if (document.getIn(above) == null) document.setIn(above, document.createNode({}));
  }
  const node = document.createNode(value, { flow });
  // A MAC such as 02:33:33:33:33:33 is a number to readers of older YAML.
  visit(node, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && /^(\w\w:){5}\w\w$|\s/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  document.setIn(path, node);
}
