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
  const mapAt = (value: unknown, path: Path, example: string): [string, unknown][] => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
    if (value !== null) problems.add('PV2022', `write ${example}`, { at: document.locate(path), help });
    return [];
  };
  return mapAt(document.value, [], 'networks, each with its guests: `nat: { everest: 192.168.101.100 }`').flatMap(
    ([network, guests]) =>
      mapAt(guests, [network], 'guests and their addresses: `everest: 192.168.101.100`').flatMap(([guest, ip]) => {
        if (typeof ip === 'string' && parseAddress(ip)) return [{ network, guest, ip }];
        const at = document.locate([network, guest]);
        problems.add('PV2022', `the recorded address of \`${guest}\` is no address`, { at, help });
        return [];
      }),
  );
}

const help = 'mend it, or remove the entry: the next run allots a new address';
