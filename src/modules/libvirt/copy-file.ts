import { problem } from '../../core/diagnostic.ts';
import type { Progress, Remote } from '../../core/plan.ts';
import { ByteQueue } from './byte-queue.ts';
import { dataExtents, type Extent, planCopy, sizeOf } from './extents.ts';

/** A file of one host that is to be on another one. */
export interface FileCopy {
  readonly from: string;
  readonly to: string;
}

export interface CopyEnds {
  readonly source: Remote;
  readonly target: Remote;
  readonly progress: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Where a copy stands until it is whole. */
export function unfinished(path: string): string {
  return `${path}.moving`;
}

/**
 * Copies a file that nobody writes to, through the controller. What an earlier try has brought is compared piece by
 * piece and not sent again; holes are not sent, and are holes in the copy. It counts when the digest of the whole does.
 */
export async function copyFile(copy: FileCopy, ends: CopyEnds): Promise<void> {
  const { target } = ends;
  const draft = unfinished(copy.to);
  await target.run(['sh', '-c', forgetImage, 'sh', draft, copy.to]);
  if (!(await target.stat(copy.to))) {
    await bring({ from: copy.from, to: draft }, ends);
    await compareWhole({ from: copy.from, to: draft }, ends);
    await target.run(['sh', '-c', 'mv -nT -- "$1" "$2" && [ ! -e "$1" ] && sync -- "$2"', 'sh', draft, copy.to]);
    return;
  }
  await compareWhole(copy, ends);
}

/** $1 unfinished, $2 whole: what a move of the running guest left has both names, and is not whole. */
const forgetImage = '! [ "$1" -ef "$2" ] || rm -- "$2"';

async function bring({ from, to }: FileCopy, ends: CopyEnds): Promise<void> {
  const { source, target, progress } = ends;
  const phase = `copying ${from}`;
  progress({ phase });
  const [size, before] = await Promise.all([source.stat(from), target.stat(to)]);
  if (!size) throw problem('PV5320', `${from} is gone`, { help: 'see what became of it; nothing was taken away' });
  const [data, there] = await Promise.all([
    extentsOf(from, source, ends.signal),
    before ? extentsOf(to, target, ends.signal) : undefined,
  ]);
  const plan = planCopy(data, there);
  await lasting(target, ['sh', '-c', makeSparse, 'sh', to, String(size.size)], { ...ends, stdin: linesOf(plan.clear) });
  const differing = await differingOf(plan.compare, { from, to }, ends);
  const missing = [...plan.send, ...differing].toSorted((a, b) => a.start - b.start);
  const total = sizeOf(data);
  let sent = total - sizeOf(missing);
  await send(missing, { from, to }, ends, (bytes) => {
    sent += bytes;
    progress({ phase, percent: Math.floor((100 * sent) / total) });
  });
}

/** $1 file, $2 its size; what is to be a hole comes on standard input. Nobody else may read a guest's disk. */
const makeSparse = `umask 077; truncate -s "$2" -- "$1" || exit
while read -r start length; do fallocate --punch-hole --offset "$start" --length "$length" -- "$1" || exit; done`;

/** $1 file */
const sumPieces = `while read -r start length; do
  dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$start" count="$length" status=none | sha256sum || exit
done`;

const readPieces = `while read -r start length; do
  dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$start" count="$length" status=none || exit
done`;

/** Reads `START LENGTH`, then so many bytes, and again; `read` takes not a byte more than the line. */
const writePieces = `while read -r start length; do
  dd of="$1" bs=1M iflag=fullblock,count_bytes oflag=seek_bytes count="$length" seek="$start" conv=notrunc status=none || exit
done
sync -- "$1"`;

async function extentsOf(path: string, host: Remote, signal: AbortSignal | undefined): Promise<readonly Extent[]> {
  const argv = ['qemu-img', 'map', '--force-share', '--output=json', '-f', 'raw', path];
  return dataExtents(await lasting(host, argv, { signal }));
}

async function differingOf(pieces: readonly Extent[], { from, to }: FileCopy, ends: CopyEnds) {
  if (pieces.length === 0) return [];
  ends.progress({ phase: `comparing what was copied of ${from} before` });
  const options = { ...ends, stdin: linesOf(pieces) };
  const [here, there] = await Promise.all([
    lasting(ends.source, ['sh', '-c', sumPieces, 'sh', from], options),
    lasting(ends.target, ['sh', '-c', sumPieces, 'sh', to], options),
  ]);
  const [wanted, found] = [here.split('\n'), there.split('\n')];
  return pieces.filter((_, index) => wanted[index] !== found[index]);
}

/** Both programs run at once; what the one writes is the other's input, and no faster than that takes it. */
async function send(
  pieces: readonly Extent[],
  { from, to }: FileCopy,
  { source, target, signal }: CopyEnds,
  onSent: (bytes: number) => void,
): Promise<void> {
  if (pieces.length === 0) return;
  const queue = new ByteQueue();
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const reading = source
    .run(['sh', '-c', readPieces, 'sh', from], {
      called: `reading ${from}`,
      stdin: linesOf(pieces),
      lasting: true,
      signal: either,
      onBytes: (bytes) => queue.add(bytes),
    })
    .then(
      () => queue.end(),
      (error: unknown) => queue.end(error),
    );
  try {
    await target.run(['sh', '-c', writePieces, 'sh', to], {
      called: `writing ${to}`,
      stdin: { flow: withHeads(pieces, queue, onSent) },
      lasting: true,
      ...(signal && { signal }),
    });
  } finally {
    queue.end();
    stop.abort();
    await reading;
  }
}

async function* withHeads(
  pieces: readonly Extent[],
  bytes: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const ahead = [...pieces];
  let left = 0;
  for await (const chunk of bytes) {
    for (let rest = chunk; rest.length > 0; ) {
      if (left === 0) {
        const next = ahead.shift();
        if (!next) throw new Error('more came than was asked for');
        left = next.length;
        yield Buffer.from(`${next.start} ${next.length}\n`);
      }
      const part = rest.subarray(0, left);
      yield part;
      left -= part.length;
      rest = rest.subarray(part.length);
    }
    onSent(chunk.length);
  }
  if (left > 0 || ahead.length > 0) {
    throw problem('PV5320', 'less came than was asked for: the file has become shorter while it was copied', {
      help: 'see who writes to it; then give the command again',
    });
  }
}

async function compareWhole({ from, to }: FileCopy, ends: CopyEnds): Promise<void> {
  ends.progress({ phase: `comparing all of ${from} with its copy` });
  const [here, there] = await Promise.all([
    lasting(ends.source, ['sha256sum', from], ends),
    lasting(ends.target, ['sha256sum', to], ends),
  ]);
  const [wanted, found] = [here, there].map((line) => line.split(' ')[0]);
  if (wanted === found) return;
  throw problem('PV5320', `${to} is not what ${from} is: its SHA-256 is ${found}, not ${wanted}`, {
    help: to.endsWith('.moving')
      ? 'give the command again: only what differs is sent anew; where it happens again, see what is wrong with the disks'
      : `if it is nothing that anybody needs, remove ${to} on the target, and give the command again`,
  });
}

interface Lasting {
  readonly stdin?: string;
  readonly signal?: AbortSignal | undefined;
}

async function lasting(host: Remote, argv: readonly string[], { stdin, signal }: Lasting): Promise<string> {
  const options = { ...(stdin !== undefined && { stdin }), ...(signal && { signal }) };
  return (await host.run(argv, { ...options, lasting: true })).stdout;
}

function linesOf(pieces: readonly Extent[]): string {
  return pieces.map(({ start, length }) => `${start} ${length}\n`).join('');
}
