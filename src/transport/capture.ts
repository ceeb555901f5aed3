import type { LineListener } from './exchange.ts';

/** What one request wrote on one stream. */
export interface Capture {
  add(bytes: Buffer): void;
  /** Puts what came since the last part aside, under a label. */
  part(label: string): void;
  readonly parts: readonly { readonly label: string; readonly bytes: Buffer }[];
  /** Everything since the last part; the rest of an unfinished line is told. */
  finish(): Buffer;
  /** Lets go of what was kept, and keeps nothing more. */
  drop(): void;
}

export function createCapture(onLine?: LineListener): Capture {
  let kept: Buffer[] = [];
  let dropped = false;
  const lines = onLine && splitLines(onLine);
  const parts: { readonly label: string; readonly bytes: Buffer }[] = [];
  const take = (): Buffer => {
    const bytes = kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept);
    kept = [];
    return bytes;
  };
  return {
    parts,
    add(bytes) {
      if (dropped) return;
      kept.push(bytes);
      lines?.add(bytes);
    },
    part: (label) => void parts.push({ label, bytes: take() }),
    finish() {
      lines?.end();
      return take();
    },
    drop() {
      kept = [];
      dropped = true;
    },
  };
}

function splitLines(onLine: LineListener): { add(bytes: Buffer): void; end(): void } {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let unfinished = '';
  const tell = (text: string): void => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  return {
    add: (bytes) => tell(decoder.decode(bytes, { stream: true })),
    end() {
      tell(decoder.decode());
      if (unfinished !== '') onLine(unfinished);
      unfinished = '';
    },
  };
}
