import type { Step } from '../../core/plan.ts';
import { isoImage } from '../../installer/iso-image.ts';
import { newcArchive } from '../../installer/newc-archive.ts';
import {
  responder,
  responderPath,
  seedFiles,
  seedFolder,
  seedHome,
  seedRoot,
  seedUnits,
  serviceUnit,
  socketUnit,
} from '../../installer/seed.ts';
import type { GuestIntent, SeedWay } from './guest-intent.ts';

type Served = Extract<SeedWay, { by: 'http' }>;
type Packed = Extract<SeedWay, { by: 'initrd' }>;
type Attached = Extract<SeedWay, { by: 'disk' }>;

/** Puts the seed where its guest alone can get it. */
export function provideSeed(intent: GuestIntent): readonly Step[] {
  const { seed } = intent;
  if (seed.by === 'http') return serveSeed(intent, seed);
  return [seed.by === 'initrd' ? packSeed(intent, seed) : writeSeedDisk(intent, seed)];
}

/** The file that the seed is in, where it is one of the guest's own. */
export function ownSeed({ seed }: GuestIntent): string | undefined {
  if (seed.by === 'http') return undefined;
  return seed.by === 'initrd' ? seed.seeded : seed.file;
}

/** Takes the seed away, and with the last one of its network everything that served it. */
export function removeSeed(intent: GuestIntent): Step {
  const { seed, name, args } = intent;
  const title = `remove the seed of ${name}`;
  if (seed.by !== 'http') return { title, effect: { kind: 'run', argv: ['rm', '-f', ownSeed(intent) ?? ''] } };
  const folder = seedFolder(seed.network);
  const { socket, paths } = seedUnits(seed.network);
  const argv = ['sh', '-c', stopServing, 'sh', seedRoot, folder, args.address, socket, ...paths];
  return { title, effect: { kind: 'run', argv } };
}

function serveSeed({ name, args, answers }: GuestIntent, seed: Served): readonly Step[] {
  const folder = seedHome(seed.network, args.address);
  const seeds = Object.entries(seedFiles(seed.form, name, answers));
  const { socket, paths } = seedUnits(seed.network);
  const files = [responderPath, responder, paths[0], socketUnit(seed), paths[1], serviceUnit(seed.network)];
  return [
    {
      title: `make a folder for the seed of ${name} that only root can read`,
      effect: { kind: 'run', argv: ['install', '-d', '-m', '0700', seedRoot, seedFolder(seed.network), folder] },
    },
    ...seeds.map(
      ([file, content]): Step => ({
        title: `put the seed of ${name} there as ${file}, for ${args.address} alone`,
        effect: { kind: 'write', path: `${folder}/${file}`, content, mode: '0600' },
      }),
    ),
    {
      title: `serve seeds on ${seed.listen} until the last installation on network ${seed.network} is over`,
      effect: { kind: 'run', argv: ['sh', '-c', startServing, 'sh', socket, ...files] },
    },
  ];
}

/** $1 socket unit, then pairs of a path and what to write there. */
const startServing = `set -e
socket=$1
shift
while [ $# -gt 0 ]; do
  printf %s "$2" >"$1"
  shift 2
done
systemctl daemon-reload
systemctl start "$socket"`;

/** $1 root of all seeds, $2 folder of the network, $3 address of the guest, $4 socket unit, $5 and $6 unit files */
export const stopServing = `set -e
rm -rf "$2/$3"
if ! rmdir "$2" 2>/dev/null && [ -d "$2" ]; then exit 0; fi
if [ -e "$5" ]; then
  systemctl stop "$4"
  rm -f "$5" "$6"
  systemctl daemon-reload
fi
for other in "$1"/*/; do
  if [ -d "$other" ]; then exit 0; fi
done
rm -rf "$1"`;

function packSeed({ name, args }: GuestIntent, { original, seeded }: Packed): Step {
  return {
    title: `make ${seeded} of ${original} and the seed of ${name}`,
    effect: {
      kind: 'run',
      argv: ['sh', '-c', appendArchive, 'sh', original, seeded],
      stdin: newcArchive([{ path: 'preseed.cfg', content: args.preseed, mode: 0o600 }]),
    },
  };
}

function writeSeedDisk({ name, answers }: GuestIntent, { file }: Attached): Step {
  const files = Object.entries(seedFiles('nocloud', name, answers));
  const content = isoImage(
    'cidata',
    files.map(([file, text]) => ({ name: file, content: text })),
  );
  return {
    title: `make ${file}, a disk with the seed of ${name}`,
    effect: { kind: 'write', path: file, content, mode: '0600' },
  };
}

/** $1 initrd, $2 file to make; Linux looks for the next archive at a multiple of four bytes. */
const appendArchive = `set -e
umask 077
size=$(wc -c <"$1")
cat "$1" >"$2.new"
dd if=/dev/zero bs=1 count=$(((4 - size % 4) % 4)) >>"$2.new" 2>/dev/null
cat >>"$2.new"
mv "$2.new" "$2"`;
