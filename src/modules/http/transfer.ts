import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Output } from '../../core/plan.ts';

/** `busybox`: the wget of busybox, which knows fewer options. */
export type Tool = 'curl' | 'wget' | 'busybox';

interface Transfer {
  readonly tool: Tool;
  readonly url: string;
}

/** Continues the part, if there is one; all of them stop when nothing arrives for a minute. */
export function transferArgv({ tool, url }: Transfer, part: string): string[] {
  switch (tool) {
    case 'curl': {
      const stall = ['--connect-timeout', '15', '--speed-limit', '1', '--speed-time', '60'];
      return ['curl', '-fsSL', ...stall, '-C', '-', '-o', part, url];
    }
    case 'wget':
      return ['wget', '-nv', '-t', '1', '-T', '60', '-c', '-O', part, url];
    case 'busybox':
      return ['wget', '-T', '60', '-c', '-O', part, url];
    default:
      return tool satisfies never;
  }
}

/** curl 33 and 36: the server does not continue; 416: the part is longer than what is there now. */
export function cannotResume(tool: Tool, output: Output): boolean {
  return (tool === 'curl' && (output.exit === 33 || output.exit === 36)) || refusal(output) === 416;
}

const passing: ReadonlySet<number> = new Set([408, 416, 425, 429]);

/** The server has spoken: asking again changes nothing. */
export function isFinal(output: Output): boolean {
  const status = refusal(output);
  return status !== undefined && status < 500 && !passing.has(status);
}

/** `returned error: 404` says curl, `ERROR 404: Not Found.` wget, `server returned error: HTTP/1.1 404` busybox. */
function refusal({ stderr }: Output): number | undefined {
  const status = /(?:error:?|HTTP\/[\d.]+) ([45]\d\d)\b/i.exec(stderr)?.[1];
  return status === undefined ? undefined : Number(status);
}

export function fetchFailed({ url, tool }: Transfer, { exit, stderr }: Output): ProvisionError {
  const said = stderr.trim().split('\n').at(-1) || `${tool} ended with exit status ${exit}`;
  return problem('PV5115', `the host cannot fetch ${url}: ${said}`, {
    argument: ['url'],
    help: 'try it on the host itself; behind a proxy, set `proxy`',
  });
}
