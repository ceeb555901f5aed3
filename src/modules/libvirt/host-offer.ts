import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';
import { virsh } from './virsh.ts';
import { elementAt, elementsAt, parseXml, textAt, type Xml } from './xml.ts';

/** What a host can do for domains of one type and machine: one of the two. */
export interface HostOffer {
  readonly capabilities?: string;
  /** Why it can do nothing for them, in libvirt's words. */
  readonly refusal?: string;
}

/** Asked for the very type, processor, machine and emulator of a definition. */
export async function readOffer(look: Look, domain: Xml): Promise<HostOffer> {
  const option = (name: string, value: string | undefined): readonly string[] =>
    value === undefined || value === '' ? [] : [name, value];
  const words = [
    ...option('--virttype', textAt(domain, '@type') ?? 'kvm'),
    ...option('--arch', textAt(domain, 'os/type/@arch')),
    ...option('--machine', textAt(domain, 'os/type/@machine')),
    ...option('--emulatorbin', textAt(domain, 'devices/emulator')),
  ];
  const { exit, stdout, stderr } = await look.query(virsh('domcapabilities', ...words), { exits: [0, 1] });
  return exit === 0 ? { capabilities: stdout } : { refusal: lastLine(stderr) };
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').replace(/^error: /, '');
}

/** Refuses a definition that asks for what the host cannot do. */
export function checkOffer(domain: Xml, offer: HostOffer | undefined): void {
  if (offer?.refusal !== undefined) throw refusedAltogether(domain, offer.refusal);
  if (offer?.capabilities === undefined) return;
  const has = parseXml(offer.capabilities, 'domainCapabilities');
  for (const demand of demands) {
    const offered = demand.offered(has);
    if (offered === undefined) continue;
    for (const element of elementsAt(domain, demand.path)) {
      const value = textAt(element, demand.value);
      if (value === undefined || value === '' || offered.includes(value)) continue;
      throw cannot(`${demand.path}${demand.value === '' ? '' : `/${demand.value}`} cannot be ${value} there`, element, {
        help: offered.length === 0 ? 'it has none of that' : `it has ${offered.join(', ')}`,
      });
    }
  }
  checkProcessors(domain, has);
}

function cannot(what: string, { at }: Xml, { help }: { readonly help: string }): ProvisionError {
  return problem('PV5315', `the host cannot do what the definition asks for: ${what}`, {
    argument: ['xml'],
    ...at,
    help,
  });
}

function refusedAltogether(domain: Xml, refusal: string): ProvisionError {
  const type = elementAt(domain, 'os/type') ?? domain;
  if (/machine '|architecture/.test(refusal)) return cannot(refusal, type, { help: 'see `virsh capabilities` on it' });
  const emulator = elementAt(domain, 'devices/emulator');
  if (emulator && refusal.includes(emulator.text)) {
    return cannot(refusal, emulator, { help: 'leave `<emulator>` out: libvirt finds its own' });
  }
  return problem(
    'PV5309',
    `the host cannot run ${textAt(domain, 'name')} as a domain of type ${textAt(domain, '@type')}`,
    {
      argument: ['xml'],
      ...domain.at,
      help: 'switch virtualisation on in its firmware, or set `domain_type: qemu` (slow, but works everywhere)',
      transcript: refusal,
    },
  );
}

/** Something that a definition names, and what the host has of it; `undefined`: libvirt does not say. */
interface Demand {
  readonly path: string;
  readonly value: string;
  readonly offered: (capabilities: Xml) => readonly string[] | undefined;
}

function device(path: string, value: string, name: string): Demand {
  return {
    path: `devices/${path}`,
    value,
    offered: (has) => valuesOf(elementAt(has, `devices/${path.split('/')[0]}`), name),
  };
}

const demands: readonly Demand[] = [
  { path: 'os', value: '@firmware', offered: (has) => valuesOf(elementAt(has, 'os'), 'firmware') },
  { path: 'os/loader', value: '@type', offered: (has) => valuesOf(elementAt(has, 'os/loader'), 'type') },
  { path: 'os/loader', value: '@secure', offered: (has) => valuesOf(elementAt(has, 'os/loader'), 'secure') },
  { path: 'cpu', value: '@mode', offered: modesOf },
  device('disk', '@device', 'diskDevice'),
  device('disk', 'target/@bus', 'bus'),
  device('disk', '@model', 'model'),
  device('graphics', '@type', 'type'),
  device('video', 'model/@type', 'modelType'),
  device('rng', '@model', 'model'),
  device('rng', 'backend/@model', 'backendModel'),
  device('tpm', '@model', 'model'),
  device('tpm', 'backend/@type', 'backendModel'),
  device('filesystem', 'driver/@type', 'driverType'),
];

/** Nothing, where it says that it has none of its kind. */
function valuesOf(kind: Xml | undefined, name: string): readonly string[] | undefined {
  if (textAt(kind ?? emptyKind, '@supported') === 'no') return [];
  const list = kind && elementsAt(kind, 'enum').find((item) => textAt(item, '@name') === name);
  return list && elementsAt(list, 'value').map(({ text }) => text);
}

const emptyKind: Xml = { name: '', attributes: {}, text: '', children: [] };

function modesOf(has: Xml): readonly string[] | undefined {
  const modes = elementsAt(has, 'cpu/mode');
  const supported = modes.filter((mode) => textAt(mode, '@supported') === 'yes');
  return modes.length === 0 ? undefined : supported.map((mode) => textAt(mode, '@name') ?? '');
}

function checkProcessors(domain: Xml, has: Xml): void {
  const most = Number(textAt(has, 'vcpu/@max') ?? Number.NaN);
  const vcpu = elementAt(domain, 'vcpu');
  if (!vcpu || !(Number(vcpu.text) > most)) return;
  throw cannot(`${vcpu.text} vcpus`, vcpu, { help: `a machine of this type has ${most} at most` });
}
