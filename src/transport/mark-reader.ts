const lineFeed = 0x0a;

/** What a stream turns out to hold: output of commands, and the marks that the session's shell puts between it. */
export interface MarkListener {
  data(bytes: Buffer): void;
  mark(text: string): void;
}

/**
 * Finds marks in a stream: the prefix, a word or two, a line feed. The prefix begins with a byte that does not occur
 * again in it, so a piece of one at the end of a chunk is found by looking for its last first byte.
 */
export function createMarkReader(prefix: Buffer, listener: MarkListener): (chunk: Buffer) => void {
  let carry: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let rest = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
    for (;;) {
      const start = rest.indexOf(prefix);
      const plain = start < 0 ? rest.length - unfinished(rest, prefix) : start;
      if (plain > 0) listener.data(rest.subarray(0, plain));
      const end = start < 0 ? -1 : rest.indexOf(lineFeed, start + prefix.length);
      if (end < 0) {
        carry = rest.subarray(plain);
        return;
      }
      listener.mark(rest.toString('latin1', start + prefix.length, end));
      rest = rest.subarray(end + 1);
    }
  };
}

/** How many bytes at the end may be the beginning of a mark. */
function unfinished(bytes: Buffer, prefix: Buffer): number {
  const first = bytes.lastIndexOf(prefix.subarray(0, 1));
  const length = bytes.length - first;
  if (first < 0 || length >= prefix.length) return 0;
  return bytes.subarray(first).equals(prefix.subarray(0, length)) ? length : 0;
}
