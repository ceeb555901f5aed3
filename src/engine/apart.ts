import { posix } from 'node:path';

/**
 * Whether what one thing touches is surely none of what another looks at. Both are lists of names such as
 * `path:/etc/dhcp/dhcpd.conf` or `chain:nat/PREROUTING`; `undefined` stands for anything.
 */
export function apart(touched: readonly string[] | undefined, seen: readonly string[] | undefined): boolean {
  if (touched === undefined || seen === undefined) return false;
  return touched.every((one) => seen.every((other) => namesApart(one, other)));
}

function namesApart(one: string, other: string): boolean {
  const [kind, path] = split(one);
  const [otherKind, otherPath] = split(other);
  if (kind !== otherKind) return true;
  if (kind !== 'path') return path !== otherPath;
  return !isAtOrBelow(path, otherPath) && !isAtOrBelow(otherPath, path);
}

/** A folder that goes or comes changes what is below it; a file that comes may bring the folders above it. */
function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function split(name: string): [kind: string, rest: string] {
  const colon = name.indexOf(':');
  const kind = name.slice(0, colon);
  const rest = name.slice(colon + 1);
  return [kind, kind === 'path' ? posix.normalize(rest).replace(/(.)\/$/, '$1') : rest];
}
