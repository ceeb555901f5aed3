import type { Difference } from '../core/event.ts';
import type { Secrets } from '../core/secret.ts';

/**
 * A difference without secrets, old ones included: nobody knows the password that a file had before, but it stands
 * behind the same words as the new one.
 */
export function maskDifference(difference: Difference, secrets: Secrets): Difference {
  const { title, before, after } = difference;
  const masked = after === undefined ? undefined : secrets.mask(after);
  const shown = before === undefined ? undefined : secrets.mask(before);
  const old = after === undefined || shown === undefined || masked === after ? shown : maskOld(shown, after, secrets);
  return {
    title: secrets.mask(title),
    ...(old !== undefined && { before: old }),
    ...(masked !== undefined && { after: masked }),
  };
}

function maskOld(before: string, after: string, secrets: Secrets): string {
  const lines = after.split('\n');
  const leads = lines.filter((line) => secrets.mask(line) !== line).map((line) => leadOf(line, secrets.mask(line)));
  const kept = new Set(lines.map((line) => secrets.mask(line)));
  const maskLine = (line: string): string => {
    const lead = kept.has(line) ? undefined : leads.find((words) => line.startsWith(words));
    return lead === undefined || line === '' ? line : `${lead}******** (before)`;
  };
  return before.split('\n').map(maskLine).join('\n');
}

/** What stands before the secret; where that is nothing, any line may have been the old one. */
function leadOf(line: string, masked: string): string {
  let length = 0;
  while (length < line.length && line[length] === masked[length]) length++;
  const lead = line.slice(0, length);
  return lead.trim() === '' ? '' : lead;
}
