import type { Facts, Interface, Libvirt, Mount } from './facts.ts';

type Sections = (name: string) => readonly string[];

/** Makes sense of what the script printed. */
export function parseFacts(output: string): Facts {
  const sections = sectionsOf(output);
  const [, hostname, kernel, architecture] = sections('uname')[0]?.split(/\s+/) ?? [];
  const interfaces = interfacesOf(sections);
  return {
    hostname: hostname ?? null,
    os: osOf(sections('os')),
    kernel: kernel ?? null,
    architecture: architecture ?? null,
    virtualisation: sections('virtualisation')[0] ?? virtualisationOf(sections('vendor')[0]),
    init: sections('init')[0] ?? null,
    package_manager: sections('packages')[0]?.replace('apt-get', 'apt') ?? null,
    memory: memoryOf(sections('memory')),
    cpus: { count: countOf(sections('cpus')[0]), model: sections('model')[0]?.replace(/^[^:]*:\s*/, '') ?? null },
    interfaces,
    addresses: addressesOf(interfaces),
    default_route: routeOf(sections('route')),
    mounts: mountsOf(sections),
    kvm: sections('kvm')[0] === 'yes',
    libvirt: output.includes('\n@libvirt') ? libvirtOf(sections('libvirt')) : null,
  };
}

/** Lines of all sections of a name, one after the other. */
function sectionsOf(output: string): Sections {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    const name = /^@([a-z]+)$/.exec(line)?.[1];
    if (name === undefined) {
      if (line.trim() !== '') lines.push(line);
      continue;
    }
    lines = sections.get(name) ?? [];
    sections.set(name, lines);
  }
  return (name) => sections.get(name) ?? [];
}

function osOf(lines: readonly string[]): Facts['os'] {
  const values = new Map(
    lines.map((line) => [line.split('=')[0], line.replace(/^[^=]*=/, '').replace(/^(["'])(.*)\1$/, '$2')]),
  );
  return {
    id: values.get('ID') ?? null,
    name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? null,
    version: values.get('VERSION_ID') ?? null,
    codename: values.get('VERSION_CODENAME') ?? null,
  };
}

function virtualisationOf(vendor: string | undefined): string | null {
  if (vendor === undefined) return null;
  return /qemu|kvm/i.test(vendor) ? 'kvm' : /vmware/i.test(vendor) ? 'vmware' : /xen/i.test(vendor) ? 'xen' : 'none';
}

function memoryOf(lines: readonly string[]): Facts['memory'] {
  const mebibytes = (name: string): number | null => {
    const kibibytes = lines.find((line) => line.startsWith(`${name}:`))?.match(/\d+/)?.[0];
    return kibibytes === undefined ? null : Math.floor(Number(kibibytes) / 1024);
  };
  return { total: mebibytes('MemTotal'), available: mebibytes('MemAvailable'), swap: mebibytes('SwapTotal') };
}

/** `0-3,8` are five. */
function countOf(online: string | undefined): number | null {
  if (online === undefined) return null;
  return online.split(',').reduce((sum, range) => {
    const [first, last = first] = range.split('-').map(Number);
    return sum + (last ?? 0) - (first ?? 0) + 1;
  }, 0);
}

/** `2: eth0    inet 10.0.0.2/24 brd …`, one line an address. */
function interfacesOf(sections: Sections): readonly Interface[] {
  const addresses = new Map<string, string[]>();
  for (const line of sections('addresses')) {
    const [, name = '', address = ''] = /^\d+:\s+([^\s@:]+)\S*\s+inet6?\s+(\S+)/.exec(line) ?? [];
    if (address !== '') addresses.set(name, [...(addresses.get(name) ?? []), address]);
  }
  return sections('interface').map((line) => {
    const [name = '', mac = '-', mtu, state = 'unknown'] = line.split(' ');
    return { name, mac: mac === '-' ? null : mac, mtu: Number(mtu), state, addresses: addresses.get(name) ?? [] };
  });
}

function addressesOf(interfaces: readonly Interface[]): readonly string[] {
  const all = interfaces.filter(({ name }) => name !== 'lo').flatMap(({ addresses }) => addresses);
  const plain = all.map((address) => address.replace(/\/.*/, '')).filter((address) => !address.startsWith('fe80:'));
  return [...plain.filter((address) => !address.includes(':')), ...plain.filter((address) => address.includes(':'))];
}

/** In /proc/net/route an address is hexadecimal, its last byte first. */
function routeOf(lines: readonly string[]): Facts['default_route'] {
  const rows = lines.map((line) => line.trim().split(/\s+/));
  const [name, , gateway = ''] =
    rows.find(([, destination, , flags]) => destination === '00000000' && flags !== '0200') ?? [];
  const bytes = gateway
    .match(/../g)
    ?.map((byte) => Number.parseInt(byte, 16))
    .reverse();
  return { interface: name ?? null, gateway: bytes?.some((byte) => byte > 0) ? bytes.join('.') : null };
}

/** What holds files, not what the kernel shows as files. */
function mountsOf(sections: Sections): readonly Mount[] {
  const sizes = new Map(
    sections('sizes').map((line) => {
      const [, block, total, free, path = ''] = /^(\d+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
      const mebibytes = (blocks: string | undefined): number =>
        Math.floor((Number(blocks) * Number(block)) / 1024 ** 2);
      return [path, { size: mebibytes(total), available: mebibytes(free) }];
    }),
  );
  const mounts = sections('mounts').map((line) =>
    line.split(' ').map((word) => word.replaceAll(/\\(\d{3})/g, unescaped)),
  );
  const found = mounts
    .filter(([device = '', , type = '']) => device.startsWith('/') || /^(zfs|btrfs|overlay|nfs4?|cifs)$/.test(type))
    .map(([device = '', path = '', type = '']) => {
      return { path, device, type, ...(sizes.get(path) ?? { size: null, available: null }) };
    });
  // What was mounted last over a path is what is seen there.
  return [...new Map(found.map((mount) => [mount.path, mount])).values()];
}

function unescaped(_: string, octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}

function libvirtOf(lines: readonly string[]): Libvirt {
  const first = (expression: RegExp): string | null => {
    for (const line of lines) {
      const found = expression.exec(line)?.[1];
      if (found !== undefined) return found;
    }
    return null;
  };
  const types = lines.flatMap((line) => /<domain>(\w+)<\/domain>/.exec(line)?.[1] ?? []);
  return {
    version: first(/^Using library: libvirt (\S+)/),
    hypervisor: first(/^Running hypervisor: QEMU (\S+)/),
    domain_types: [...new Set(types)],
    emulator: first(/<path>([^<]+)<\/path>/),
  };
}
