import type { Look } from '../../core/plan.ts';
import { checkOffer, type HostOffer, readOffer } from './host-offer.ts';
import { checkUnderstood, readUnderstood } from './understood.ts';
import type { Xml } from './xml.ts';

/** What a host says of a definition before it is defined there. */
export interface DomainProof {
  readonly offer: HostOffer;
  readonly understood?: string;
}

/** Of several definitions for the same hardware, so that the host is asked once what it can do. */
export async function readProofs(look: Look, definitions: readonly [Xml, ...Xml[]]): Promise<readonly DomainProof[]> {
  const [offer, ...texts] = await Promise.all([
    readOffer(look, definitions[0]),
    ...definitions.map((definition) => readUnderstood(look, 'domain', definition)),
  ]);
  return texts.map((understood) => ({ offer, ...(understood !== undefined && { understood }) }));
}

export function checkProof(definition: Xml, proof: DomainProof | undefined): void {
  checkOffer(definition, proof?.offer);
  checkUnderstood('domain', definition, proof?.understood);
}
