import { Type } from '../../schema/schema.ts';

const sizes = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** The argument: `100G`. */
export function capacityArgument() {
  return Type.String({
    pattern: '^[1-9][0-9]*[KMGT](iB)?$',
    description:
      'size of the disk as its guest sees it: `100G` or `100GiB` is 100 times 1024³ bytes; it may grow later',
  });
}

export function bytesOf(capacity: string): number {
  const [, count, unit] = /^(\d+)([KMGT])/.exec(capacity) ?? [];
  return Number(count) * sizes[unit as keyof typeof sizes];
}

/** `107374182400` as `100 GiB`. */
export function describeBytes(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K'] as const) {
    const count = bytes / sizes[unit];
    if (count >= 1) return `${Number(count.toFixed(1))} ${unit}iB`;
  }
  return `${bytes} bytes`;
}
