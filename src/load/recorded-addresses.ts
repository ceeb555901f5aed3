import { existsSync } from 'node:fs';
import type { Problems } from '../core/diagnostic.ts';
import { parseAddress } from '../core/ip-address.ts';
import type { Located, Path } from '../core/source.ts';
import { readSource } from './read-source.ts';
import { parseYaml } from './yaml.ts';

/** An address that an earlier run allotted. */
export interface RecordedAddress {
  readonly network: string;
  readonly guest: string;
  readonly ip: string;
}

/** What earlier runs allotted, and the file that says so. */
export interface RecordedAddresses {
  readonly file: string;
  /** As it was read; missing when there is no file. */
  readonly text?: string;
  readonly entries: readonly RecordedAddress[];
  /** Missing when there is no file, or nothing in it. */
  readonly document?: Located;
}

/** Reads the file of recorded addresses; what cannot be meant goes to `problems`. */
export function readRecordedAddresses(file: string, problems: Problems): RecordedAddresses {
  if (!existsSync(file)) return { file, entries: [] };
  const source = readSource(file, problems);
  const document = source && parseYaml(source, problems);
  if (!document) return { file, entries: [] };
  const found = { file, text: document.source.text };
  if (document.value === null) return { ...found, entries: [] };
  return { ...found, document, entries: entriesOf(document, problems) };
}

function entriesOf(document: Located, problems: Problems): RecordedAddress[] {
  const mapAt = (value: unknown, path: Path, message: string): [string, unknown][] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
    if (value !== null) problems.add('PV2022', message, { at: document.locate(path), help });
    return [];
  };
  const readEntry = (network: string, guest: string, ip: unknown): RecordedAddress[] => {
    if (typeof ip === 'string' && parseAddress(ip)) return [{ network, guest, ip }];
    const message = `the recorded address of \`${guest}\` is no address`;
    problems.add('PV2022', message, { at: document.locate([network, guest]), help });
    return [];
  };
  const networks = mapAt(document.value, [], 'recorded addresses are a map of networks');
  return networks.flatMap(([network, value]) => {
    const guests = mapAt(value, [network], `the network \`${network}\` is a map of guests and their addresses`);
    return guests.flatMap(([guest, ip]) => readEntry(network, guest, ip));
  });
}

const help = 'write nat: { everest: 192.168.101.100 }, or remove the entry: the next run allots a new address';
