import type { Step } from '../../core/plan.ts';
import { runVirsh } from './virsh.ts';
import { elementAt, parseXml, withChild, type Xml } from './xml.ts';

const namespace = 'urn:provision:move:1';

/** What a domain says of its move until that is committed: on the old hypervisor where it goes, on the new whence it came. */
export type MoveMark =
  | {
      readonly kind: 'leaving';
      readonly to: string;
      readonly autostart: boolean;
      /** It runs on until it has come over. */
      readonly live?: boolean;
    }
  | { readonly kind: 'arrived'; readonly from: string };

export function moveMarkOf(xml: string): MoveMark | undefined {
  const own = markElement(parseXml(xml, 'domain'));
  if (!own) return undefined;
  const { to, from = '', autostart, live } = own.attributes;
  if (to === undefined) return { kind: 'arrived', from };
  return { kind: 'leaving', to, autostart: autostart === 'yes', ...(live === 'yes' && { live: true }) };
}

/** The definition with the mark that `kept` has: one that is put in its place is in the middle of the move as well. */
export function withMarkOf(definition: Xml, kept: Xml): Xml {
  const own = markElement(kept);
  return own ? withMetadata(definition, own) : definition;
}

export function withArrival(definition: Xml, from: string): Xml {
  const attributes = { 'xmlns:provision': namespace, from };
  return withMetadata(definition, { name: 'provision:move', attributes, text: '', children: [] });
}

export function markLeaving(name: string, { to, autostart, live }: Extract<MoveMark, { kind: 'leaving' }>): Step {
  const element = `<move to="${to}" autostart="${autostart ? 'yes' : 'no'}"${live ? ' live="yes"' : ''}/>`;
  return {
    title: `note in the definition of ${name} that it is moved to ${to}${live ? ' while it runs' : ''}`,
    effect: runVirsh('metadata', name, namespace, '--key', 'provisionmove', '--set', element, '--config'),
  };
}

/** From the definition, and from what it runs with. */
export function removeMark(name: string): Step {
  const script = `virsh -c qemu:///system metadata "$1" ${namespace} --remove --config || exit
virsh -c qemu:///system metadata "$1" ${namespace} --live >/dev/null 2>&1 || exit 0
virsh -c qemu:///system metadata "$1" ${namespace} --remove --live`;
  return {
    title: `note in the definition of ${name} that its move is over`,
    effect: { kind: 'run', argv: ['sh', '-c', script, 'sh', name] },
  };
}

const emptyMetadata: Xml = { name: 'metadata', attributes: {}, text: '', children: [] };

function withMetadata(definition: Xml, element: Xml): Xml {
  const metadata = elementAt(definition, 'metadata') ?? emptyMetadata;
  const others = metadata.children.filter((child) => !isMark(child));
  return withChild(definition, { ...metadata, children: [...others, element] }, 'uuid');
}

function markElement(domain: Xml): Xml | undefined {
  return elementAt(domain, 'metadata')?.children.find(isMark);
}

function isMark({ attributes }: Xml): boolean {
  return Object.values(attributes).includes(namespace);
}
