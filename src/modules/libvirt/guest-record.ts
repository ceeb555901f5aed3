import { elementAt, parseXml, withChild, type Xml } from './xml.ts';

const namespace = 'urn:provision:guest:1';

/** What the domain itself carries about its guest: the truth is on the hypervisor, not in a file of ours. */
export interface GuestRecord {
  readonly guest: string;
  readonly phase: 'installing' | 'installed';
  /** Digest of what it was installed from: its seed, its installer and what that was told. */
  readonly inputs: string;
  /** Digest of the definition for the installed guest. */
  readonly definition: string;
  /** `new`: the volume held nothing of anybody's when this installation began. */
  readonly volume: 'new' | 'kept';
  /** When the installation began, by the clock of the hypervisor. */
  readonly began: string;
  /** The file that its seed is in, where that is one of its own. */
  readonly seed?: string;
}

export function withRecord(definition: Xml, record: GuestRecord): Xml {
  const { guest, phase, inputs, definition: digest, volume, began, seed } = record;
  const own: Xml = {
    name: 'provision:guest',
    attributes: {
      ...{ 'xmlns:provision': namespace, name: guest, phase, inputs, definition: digest, volume, began },
      ...(seed !== undefined && { seed }),
    },
    text: '',
    children: [],
  };
  const metadata = elementAt(definition, 'metadata') ?? { name: 'metadata', attributes: {}, text: '', children: [] };
  const after = elementAt(definition, 'uuid') ? 'uuid' : 'name';
  return withChild(definition, { ...metadata, children: [...metadata.children, own] }, after);
}

/** `undefined`: provision did not make this domain. */
export function recordOf(xml: string): GuestRecord | undefined {
  const metadata = elementAt(parseXml(xml, 'domain'), 'metadata');
  const own = metadata?.children.find((child) => Object.values(child.attributes).includes(namespace));
  if (!own) return undefined;
  const { name = '', phase, inputs = '', definition = '', volume, began = '', seed } = own.attributes;
  return {
    guest: name,
    phase: phase === 'installed' ? 'installed' : 'installing',
    inputs,
    definition,
    volume: volume === 'new' ? 'new' : 'kept',
    began,
    ...(seed !== undefined && { seed }),
  };
}
