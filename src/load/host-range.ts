/** More hosts than this in one name is a slip. */
const mostHosts = 100_000;

/**
 * The hosts that a name with ranges stands for: `web[01:20]`, `db-[a:f]`, `n[0:10:2]`; several ranges multiply.
 * `undefined` when a range is not one.
 */
export function expandRange(name: string): string[] | undefined {
  const open = name.indexOf('[');
  if (open < 0) return name.includes(']') ? undefined : [name];
  const close = name.indexOf(']', open);
  const items = close < 0 ? undefined : itemsOf(name.slice(open + 1, close));
  const rest = items && expandRange(name.slice(close + 1));
  if (!rest || items.length * rest.length > mostHosts) return undefined;
  return items.flatMap((item) => rest.map((end) => name.slice(0, open) + item + end));
}

function itemsOf(range: string): string[] | undefined {
  const [first = '', last = '', step = '1', ...more] = range.split(':');
  const by = /^\d+$/.test(step) ? Number(step) : 0;
  if (more.length > 0 || by < 1) return undefined;
  if (/^\d+$/.test(first) && /^\d+$/.test(last)) return numbers(first, last, by);
  if (!/^[a-z]$/.test(first) || !/^[a-z]$/.test(last)) {
    if (!/^[A-Z]$/.test(first) || !/^[A-Z]$/.test(last)) return undefined;
  }
  const codes = steps(first.charCodeAt(0), last.charCodeAt(0), by);
  return codes?.map((code) => String.fromCharCode(code));
}

/** `01` keeps its leading zero, and gives it to all. */
function numbers(first: string, last: string, by: number): string[] | undefined {
  const width = first.startsWith('0') ? first.length : 1;
  return steps(Number(first), Number(last), by)?.map((number) => String(number).padStart(width, '0'));
}

function steps(first: number, last: number, by: number): number[] | undefined {
  const count = Math.floor((last - first) / by) + 1;
  if (count < 1 || count > mostHosts) return undefined;
  return Array.from({ length: count }, (_, index) => first + index * by);
}
