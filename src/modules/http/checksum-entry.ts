import { posix } from 'node:path';
import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import { nearest } from '../../core/suggest.ts';

interface Entry {
  readonly path: string;
  readonly sum: string;
}

/**
 * The SHA-256 of what is behind `url`, out of the text of a checksum file. Its entries are named from the folder of
 * the checksum file on; a copy that lies elsewhere is found by the end of its path.
 */
export function checksumOf(url: string, sumsUrl: string, text: string): string {
  const entries = readEntries(text);
  const [alone] = entries;
  if (entries.length === 1 && alone?.path === '') return alone.sum;
  const path = decodeURIComponent(new URL(url).pathname);
  const folder = posix.dirname(decodeURIComponent(new URL(sumsUrl).pathname));
  const relative = posix.relative(folder, path);
  const exact = entries.filter((entry) => entry.path === relative);
  const fitting = exact.length > 0 ? exact : entries.filter((entry) => path.endsWith(`/${entry.path}`));
  const sums = new Set(fitting.map(({ sum }) => sum));
  const [sum] = sums;
  if (sum !== undefined && sums.size === 1) return sum;
  throw sums.size > 1 ? ambiguous(url, sumsUrl, fitting) : missing(relative, sumsUrl, entries);
}

/** `SUM  ./path`, `SUM *path`, `SHA256 (path) = SUM`, or a lone sum. */
function readEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const [, tagged, taggedSum] = /^SHA256 \((.+)\) = ([0-9a-f]{64})\s*$/i.exec(line) ?? [];
    if (tagged && taggedSum) return [{ path: plain(tagged), sum: taggedSum.toLowerCase() }];
    const [, sum, path = ''] = /^([0-9a-f]{64})(?:\s+\*?(.*?))?\s*$/i.exec(line) ?? [];
    return sum ? [{ path: plain(path), sum: sum.toLowerCase() }] : [];
  });
}

function plain(path: string): string {
  return path === '' ? '' : posix.normalize(path).replace(/^\//, '');
}

function missing(relative: string, sumsUrl: string, entries: readonly Entry[]): ProvisionError {
  const name = posix.basename(relative);
  const paths = entries.map(({ path }) => path);
  const namesakes = paths.filter((path) => posix.basename(path) === name);
  const near = [...new Set([...namesakes, ...nearest(relative, paths)])].slice(0, 3);
  return problem('PV5109', `${sumsUrl} has no entry for ${relative}`, {
    argument: ['checksum'],
    help:
      near.length > 0 ? `the nearest entries are ${near.join(', ')}` : `it has ${entries.length} entries, none near`,
  });
}

function ambiguous(url: string, sumsUrl: string, entries: readonly Entry[]): ProvisionError {
  return problem('PV5109', `${sumsUrl} has several entries that fit ${posix.basename(url)}`, {
    argument: ['checksum'],
    help: `they are ${entries.map(({ path }) => path).join(', ')}; give the sum itself as sha256:SUM`,
  });
}
