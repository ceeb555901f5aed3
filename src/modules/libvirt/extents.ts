/** A stretch of a file, in bytes. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** What of a file is to be sent, what may be there already, and what is to become a hole. */
export interface CopyPlan {
  readonly send: readonly Extent[];
  readonly compare: readonly Extent[];
  readonly clear: readonly Extent[];
}

const mebibyte = 1024 * 1024;
/** Of this size is what is compared, and sent again where it differs. */
const pieceSize = 8 * mebibyte;
/** Holes smaller than this cost more than their zeros. */
const smallestHole = mebibyte / 16;

/** The parts of a file that hold something, by what `qemu-img map --output=json -f raw` says of it. */
export function dataExtents(map: string): readonly Extent[] {
  const entries = JSON.parse(map) as readonly (Extent & { readonly data: boolean; readonly zero: boolean })[];
  return joined(
    entries.flatMap(({ start, length, data, zero }) => (data && !zero ? [{ start, length }] : [])),
    smallestHole,
  );
}

/** From a source that holds these extents to a copy that holds those: left out where there is no copy yet. */
export function planCopy(source: readonly Extent[], copy: readonly Extent[] = []): CopyPlan {
  const pieces = source.flatMap(inPieces);
  const [present, kept] = [joined(copy, 1), joined(source, 1)];
  return {
    send: pieces.filter((piece) => !overlaps(piece, present)),
    compare: pieces.filter((piece) => overlaps(piece, present)),
    clear: present.flatMap((extent) => without(extent, kept)),
  };
}

export function sizeOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, { length }) => sum + length, 0);
}

/** Sorted by start already; those with less than `gap` between them become one. */
function joined(extents: readonly Extent[], gap: number): readonly Extent[] {
  const result: Extent[] = [];
  for (const { start, length } of extents) {
    const last = result.at(-1);
    if (last && start - endOf(last) < gap) result[result.length - 1] = { ...last, length: start + length - last.start };
    else result.push({ start, length });
  }
  return result;
}

/** Cut where the file's own multiples of a piece are, so that the cuts are the same at the next try. */
function inPieces({ start, length }: Extent): readonly Extent[] {
  const pieces: Extent[] = [];
  for (let at = start; at < start + length; ) {
    const end = Math.min(start + length, (Math.floor(at / pieceSize) + 1) * pieceSize);
    pieces.push({ start: at, length: end - at });
    at = end;
  }
  return pieces;
}

/** `others` is sorted. */
function overlaps(extent: Extent, others: readonly Extent[]): boolean {
  let [low, high] = [0, others.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = others[middle];
    if (other && endOf(other) <= extent.start) low = middle + 1;
    else high = middle;
  }
  const first = others[low];
  return first !== undefined && first.start < endOf(extent);
}

function without(extent: Extent, kept: readonly Extent[]): readonly Extent[] {
  const left: Extent[] = [];
  let at = extent.start;
  for (const other of kept) {
    if (endOf(other) <= at || other.start >= endOf(extent)) continue;
    if (other.start > at) left.push({ start: at, length: other.start - at });
    at = endOf(other);
  }
  if (at < endOf(extent)) left.push({ start: at, length: endOf(extent) - at });
  return left;
}

function endOf({ start, length }: Extent): number {
  return start + length;
}
