/** One regular file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits: `0o600`. */
  readonly mode: number;
}

const regularFile = 0o100000;

/** A cpio archive in the `newc` form that Linux unpacks as (part of) an initrd; all files belong to root. */
export function newcArchive(files: readonly ArchiveFile[]): Uint8Array {
  const entries = files.map(({ path, content, mode }, at) =>
    entry({ path, content: Buffer.from(content), mode: regularFile | mode, inode: at + 1 }),
  );
  const end = entry({ path: 'TRAILER!!!', content: Buffer.alloc(0), mode: 0, inode: 0 });
  return Buffer.concat([...entries, end]);
}

interface Entry {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly inode: number;
}

function entry({ path, content, mode, inode }: Entry): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  // inode mode uid gid links mtime size device(2) special(2) name length, checksum: eight hexadecimal digits each
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(content)]);
}

/** Names and contents end at multiples of four bytes. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
