import { createHash } from 'node:crypto';
import type { VariableLayer } from './variables.ts';

/** Makes UUIDs of ours differ from those that others derive from the same name. */
const namespace = 'provision guest';

/** A guest's MAC where its owner did not choose one: always the same for a name, locally administered. */
export function derivedMac(name: string): string {
  const digest = createHash('sha256').update(`${namespace} mac ${name}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** A guest's UUID, always the same for a name; of version 8 (RFC 9562), whose bits are free. */
export function derivedUuid(name: string): string {
  const bytes = createHash('sha256').update(`${namespace} uuid ${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Weaker than everything that somebody wrote. */
export function derivedLayer(name: string): VariableLayer {
  return { origin: 'derived from the name', values: { mac: derivedMac(name), uuid: derivedUuid(name) }, path: [] };
}
