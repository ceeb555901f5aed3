import { problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';

export type Target =
  | { readonly kind: 'port'; readonly host: string; readonly port: number; readonly stopped: boolean }
  | { readonly kind: 'command'; readonly command: string; readonly stopped: boolean }
  | { readonly kind: 'file'; readonly file: string; readonly pattern?: string; readonly stopped: boolean };

/** What is waited for, ready to be asked. */
export interface Condition {
  /** `port 22 of 192.168.101.100 to open`. */
  readonly text: string;
  readonly stopped: boolean;
  /** Exit status 0: it is so; 1 to 125: it is not. */
  readonly query?: readonly string[];
  readonly log?: string;
  readonly pattern?: RegExp;
}

/** bash is on every Debian; a small guest may have no more than the netcat of busybox, which cannot just try. */
const portScript = `if command -v bash >/dev/null
then exec timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
elif nc -h 2>&1 | grep -q BusyBox
then exec nc -w 3 "$1" "$2" -e true
elif command -v nc >/dev/null
then exec nc -z -w 3 "$1" "$2"
else echo 'neither bash nor nc is there to try a port' >&2; exit 126
fi`;

export function awaited(target: Target): Condition {
  const { stopped } = target;
  switch (target.kind) {
    case 'port': {
      const query = ['sh', '-c', portScript, 'sh', target.host, String(target.port)];
      return { text: `port ${target.port} of ${target.host} to ${stopped ? 'close' : 'open'}`, stopped, query };
    }
    case 'command': {
      const text = `this command to ${stopped ? 'fail' : 'succeed'}: ${target.command}`;
      return { text, stopped, query: ['sh', '-c', target.command] };
    }
    case 'file': {
      const { file, pattern } = target;
      if (pattern === undefined) {
        return { text: `${file} to ${stopped ? 'go' : 'appear'}`, stopped, query: ['test', '-e', file] };
      }
      return { text: `/${pattern}/ in ${file}`, stopped, log: file, pattern: compile(pattern) };
    }
    default:
      return target satisfies never;
  }
}

/** The `m` flag: `^` and `$` mean lines, as one expects of a log. */
function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'mu');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw problem('PV5106', why.replace(/^Invalid/, 'invalid'), { argument: ['pattern'] });
  }
}

const answers = Array.from({ length: 126 }, (_, status) => status);

export async function isMet({ query, log, pattern, stopped }: Condition, look: Look): Promise<boolean> {
  if (query) return ((await look.query(query, { exits: answers })).exit === 0) !== stopped;
  const text = await look.readText(log ?? '');
  return text !== undefined && pattern?.test(text) === true;
}
