import { Document, isMap, parseDocument, type YAMLMap } from 'yaml';
import type { RecordedAddress } from './recorded-addresses.ts';

/** What a run has to write: addresses it is the first to use, and entries that nobody needs any more. */
export interface RecordChanges {
  readonly added: readonly RecordedAddress[];
  readonly released: readonly (RecordedAddress & { readonly why: string })[];
}

const header = ` Addresses of guests that have no \`ip\` in the inventory, written by provision. Keep this file with the inventory:
 a guest keeps its address as long as it stands here.`;

/** The text of the file after the changes; comments and order stay, so an emptied network stays too, with its comments. */
export function withChanges(text: string | undefined, { added, released }: RecordChanges): string {
  const document: Document = text?.trim() ? parseDocument(text, { uniqueKeys: false }) : new Document({});
  if (!isMap(document.contents)) document.contents = document.createNode({}) as YAMLMap;
  if (text === undefined) document.commentBefore = header;
  for (const [network, entries] of byNetwork(released)) {
    const guests = document.getIn([network]);
    if (!isMap(guests)) continue;
    const gone = new Set(entries.map(({ guest }) => guest));
    guests.items = guests.items.filter(({ key }) => !gone.has(String(key)));
  }
  for (const [network, entries] of byNetwork(added)) {
    if (!isMap(document.getIn([network]))) document.setIn([network], document.createNode({}));
    const guests = document.getIn([network]) as YAMLMap;
    if (guests.items.length === 0) guests.flow = false;
    // Not `set`, which looks through all there are, each time.
    for (const { guest, ip } of entries) guests.items.push(document.createPair(guest, ip));
  }
  return document.toString({ lineWidth: 0 });
}

function byNetwork(entries: readonly RecordedAddress[]): ReadonlyMap<string, readonly RecordedAddress[]> {
  const groups = new Map<string, RecordedAddress[]>();
  for (const entry of entries) {
    const group = groups.get(entry.network);
    if (group) group.push(entry);
    else groups.set(entry.network, [entry]);
  }
  return groups;
}
