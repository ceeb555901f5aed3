import type { AddressPlan } from '../load/address-plan.ts';
import { type RecordChanges, withChanges } from '../load/record-changes.ts';
import { replaceFile } from './replace-file.ts';

const mostTold = 10;

/**
 * Writes down which guests got an address and whose are free again, and tells it.
 * @throws ProvisionError PV2023 where that cannot be done
 */
export function recordAddresses({ recorded, changes }: AddressPlan, tell: (line: string) => unknown): void {
  const lines = linesOf(changes);
  if (lines.length === 0) return;
  replaceFile(recorded.file, {
    before: recorded.text,
    after: withChanges(recorded.text, changes),
    code: 'PV2023',
  });
  for (const line of lines.slice(0, mostTold)) tell(`${recorded.file}: ${line}`);
  if (lines.length > mostTold) tell(`${recorded.file}: and ${lines.length - mostTold} more`);
}

function linesOf({ added, released }: RecordChanges): readonly string[] {
  return [
    ...released.map(({ guest, ip, why }) => `released ${ip} of ${guest}: ${why}`),
    ...added.map(({ guest, ip, network }) => `recorded ${ip} for ${guest} (${network})`),
  ];
}
