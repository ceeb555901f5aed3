import { setTimeout as sleep } from 'node:timers/promises';
import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Effect, Output, Progress, Remote } from '../../core/plan.ts';
import type { Ownership } from '../ownership.ts';
import { cannotResume, fetchFailed, isFinal, type Tool, transferArgv } from './transfer.ts';

export interface Fetch extends Ownership {
  readonly url: string;
  readonly path: string;
  readonly sha256?: string;
  readonly tool: Tool;
  readonly proxy: string;
}

interface Work {
  readonly fetch: Fetch;
  readonly part: string;
  readonly remote: Remote;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal | undefined;
}

export function fetchByHost(fetch: Fetch): Effect {
  return {
    kind: 'custom',
    name: `fetch with ${fetch.tool}`,
    act: async (remote, progress, { signal }) => {
      const work = { fetch, part: `${fetch.path}.part`, remote, progress, signal };
      if (await fetchPart(work)) await putInPlace(work);
      else await fetchHere(work);
    },
  };
}

/**
 * Afterwards the part is whole and right; `false`: this host gets nothing from there. What an earlier run left is only
 * worth something if a checksum can tell.
 */
async function fetchPart(work: Work): Promise<boolean> {
  const { fetch, part, remote } = work;
  const left = fetch.sha256 === undefined ? undefined : await remote.stat(part);
  if (!left) await discard(work);
  else if ((await digestOf(work)) === fetch.sha256) return true;
  if (!(await receive(work))) return false;
  if (fetch.sha256 === undefined) return true;
  let digest = await digestOf(work);
  if (digest !== fetch.sha256 && left) {
    await discard(work);
    await receive(work);
    digest = await digestOf(work);
  }
  if (digest === fetch.sha256) return true;
  await discard(work);
  throw wrongChecksum(fetch, digest);
}

const attempts = 4;
const pauseMs = 1000;

/** Goes on where the part ends, also after the transfer was cut off; `false`: nothing ever arrived. */
async function receive(work: Work): Promise<boolean> {
  const { fetch, part, remote, signal } = work;
  for (let attempt = 1; ; attempt += 1) {
    const output = await watch(work, run(work, transferArgv(fetch, part), anyExit));
    if (output.exit === 0) return true;
    if (isFinal(output)) throw fetchFailed(fetch, output);
    if (attempt === attempts) {
      if ((await remote.stat(part))?.size) throw fetchFailed(fetch, output);
      return false;
    }
    if (cannotResume(fetch.tool, output)) await discard(work);
    await sleep(pauseMs * attempt, undefined, signal && { signal });
  }
}

const anyExit = Array.from({ length: 256 }, (_, exit) => exit);

function run({ remote, fetch, signal }: Work, argv: readonly string[], exits: readonly number[]): Promise<Output> {
  const { proxy } = fetch;
  const environment = proxy === '' ? {} : { environment: { http_proxy: proxy, https_proxy: proxy } };
  return remote.run(argv, { lasting: true, exits, ...environment, ...(signal && { signal }) });
}

const lookEveryMs = 2000;

/** Tells how much has arrived while the transfer goes on over its own channel. */
async function watch({ part, remote, progress, fetch }: Work, transfer: Promise<Output>): Promise<Output> {
  const settled = transfer.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([settled, sleep(lookEveryMs, false)]))) {
    const size = (await remote.stat(part))?.size ?? 0;
    progress({ phase: `fetching ${fetch.path} (${(size / 1024 / 1024).toFixed(1)} MiB)` });
  }
  return transfer;
}

/** A host without a way to the web gets the file through the controller. */
async function fetchHere({ fetch, part, remote, progress, signal }: Work): Promise<void> {
  const { url, tool: _tool, proxy: _proxy, ...file } = fetch;
  await remote.run(['rm', '-f', part]);
  progress({ phase: `fetching ${fetch.path} through this machine` });
  await remote.write({ ...file, content: { url } }, signal && { signal });
}

async function digestOf(work: Work): Promise<string> {
  const { stdout } = await run(work, ['sha256sum', work.part], [0]);
  return /[0-9a-f]{64}/.exec(stdout)?.[0] ?? '';
}

async function discard({ part, remote }: Work): Promise<void> {
  await remote.run(['rm', '-f', part]);
}

async function putInPlace({ fetch, part, remote }: Work): Promise<void> {
  const { path, mode = '0644', owner, group } = fetch;
  if (owner !== undefined || group !== undefined) {
    await remote.run(['chown', `${owner ?? ''}${group === undefined ? '' : `:${group}`}`, part]);
  }
  await remote.run(['chmod', mode, part]);
  await remote.run(['sh', '-c', 'sync "$1" 2>/dev/null || sync; mv -f "$1" "$2"', 'sh', part, path], { lasting: true });
}

function wrongChecksum({ url, sha256 = '' }: Fetch, digest: string): ProvisionError {
  return problem('PV5108', `what is behind ${url} is not what its checksum names`, {
    argument: ['checksum'],
    help: 'nothing of it was left on the host; check the URL, the checksum, and whether a proxy keeps an old copy',
    transcript: `wanted sha256 ${sha256}\ngot    sha256 ${digest}`,
  });
}
