import type { Remote } from '../../core/plan.ts';
import { type FileCopy, unfinished } from './copy-file.ts';

/**
 * Makes images for disks that are copied while their guest runs: empty, and as large and of the same form as the originals.
 * Until the guest has come over each has a second name, by which a later try knows it for what it is.
 */
export async function makeDisks(disks: readonly FileCopy[], source: Remote, target: Remote): Promise<void> {
  for (const { from, to } of disks) {
    const { stdout } = await source.run(['qemu-img', 'info', '--force-share', '--output=json', from]);
    await target.run(['sh', '-c', `${unlessOthers}${makeImage}`, 'sh', unfinished(to), to, ...imageOf(stdout)]);
  }
}

/** The images that an earlier try has made, and nothing else. */
export async function removeDisks(disks: readonly FileCopy[], target: Remote): Promise<void> {
  for (const { to } of disks) await target.run(['sh', '-c', unlessOthers, 'sh', unfinished(to), to]);
}

/** $1 unfinished, $2 its name when it is whole. */
const unlessOthers = `if [ -e "$2" ] && ! [ "$1" -ef "$2" ]; then echo "$2 was not made by this move" >&2; exit 1; fi
rm -f -- "$1" "$2" || exit
`;

/** $3 format, $4 its options, $5 bytes. Nobody else may read a guest's disk. */
const makeImage = `umask 077
qemu-img create -q -f "$3" \${4:+-o "$4"} -- "$1" "$5" && ln -- "$1" "$2"`;

/** By what `qemu-img info` says of the original. */
export function imageOf(info: string): readonly [format: string, options: string, bytes: string] {
  const image = JSON.parse(info) as Readonly<Record<string, unknown>>;
  const { compat } = ((image['format-specific'] as { readonly data?: unknown } | undefined)?.data ?? {}) as {
    readonly compat?: string;
  };
  const options = [
    ...(image.format === 'qcow2' && image['cluster-size'] !== undefined
      ? [`cluster_size=${image['cluster-size']}`]
      : []),
    ...(compat === undefined ? [] : [`compat=${compat}`]),
  ];
  return [String(image.format), options.join(','), String(image['virtual-size'])];
}
