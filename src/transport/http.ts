import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProvisionError, problem } from '../core/diagnostic.ts';

const attempts = 3;
const connectMs = 15_000;
const silenceMs = 60_000;
const textLimit = 16 * 1024 * 1024;

type Undici = typeof import('undici');
const load = createRequire(import.meta.url);
/** When it is first wanted; in the built program Node would warn of an `import()`. */
const loadUndici = () => load('undici') as Undici;
type Answer = Awaited<ReturnType<Undici['fetch']>>;

/** A text fetched by this machine; proxies of the environment are used. */
export async function fetchText(url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of downloadUrl(url)) {
    size += chunk.length;
    if (size > textLimit) throw failed(url, 'it is longer than 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * What is behind a URL, as it arrives. A transfer that breaks off is continued where it stopped, if the server can
 * and still has the same thing there.
 */
export async function* downloadUrl(url: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let received = 0;
  let version: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await request(url, { signal, ...(version !== undefined && { from: received, version }) });
      if (received > 0 && answer.status !== 206) throw failed(url, 'it broke off, and the server does not continue it');
      version = answer.headers.get('etag') ?? answer.headers.get('last-modified') ?? undefined;
      for await (const chunk of answer.body ?? []) {
        received += chunk.length;
        attempt = 1;
        yield chunk;
      }
      return;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isPassing(error) || attempt >= attempts || (received > 0 && version === undefined)) throw told(url, error);
    }
    await sleep(500 * attempt, undefined, { ...(signal && { signal }) });
  }
}

interface RequestOptions {
  readonly signal: AbortSignal | undefined;
  readonly from?: number;
  readonly version?: string;
}

async function request(url: string, { signal, from, version }: RequestOptions): Promise<Answer> {
  const { fetch } = loadUndici();
  const { plain, authorization } = apart(url);
  const headers: Record<string, string> = { ...(authorization !== undefined && { authorization }) };
  if (from !== undefined && version !== undefined) {
    headers.range = `bytes=${from}-`;
    headers['if-range'] = version;
  }
  const answer = await fetch(plain, { dispatcher: dispatcher(), headers, ...(signal && { signal }) });
  if (answer.ok) return answer;
  await answer.body?.cancel();
  throw new Refused(`the server answers ${answer.status} ${answer.statusText}`.trim(), answer.status);
}

/** `fetch` takes no URL with a user name in it, and no message may show the password. */
function apart(url: string): { readonly plain: string; readonly authorization?: string } {
  if (!URL.canParse(url)) return { plain: url };
  const { username, password } = new URL(url);
  if (username === '' && password === '') return { plain: url };
  const plain = new URL(url);
  plain.username = plain.password = '';
  const [user, word] = [decodeURIComponent(username), decodeURIComponent(password)];
  return { plain: plain.href, authorization: `Basic ${Buffer.from(`${user}:${word}`).toString('base64')}` };
}

class Refused extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return error.status >= 500 || error.status === 429 || error.status === 408;
  if (!(error instanceof Error) || error instanceof TypeError === false) return false;
  const code = causeOf(error).code;
  return code !== 'ERR_INVALID_URL' && code !== 'ENOTFOUND' && !/unknown scheme/.test(causeOf(error).message);
}

function told(url: string, error: unknown): unknown {
  if (!(error instanceof Refused) && !(error instanceof TypeError)) return error;
  return failed(url, causeOf(error).message);
}

function causeOf(error: Error): { readonly message: string; readonly code?: string } {
  return error.cause instanceof Error ? causeOf(error.cause) : error;
}

function failed(url: string, why: string): ProvisionError {
  const { plain } = apart(url);
  return problem('PV5026', `${plain} cannot be fetched: ${why}`, { help: `try: curl -fLO '${plain}'` });
}

let shared: import('undici').Dispatcher | undefined;

function dispatcher(): import('undici').Dispatcher {
  const { EnvHttpProxyAgent } = loadUndici();
  shared ??= new EnvHttpProxyAgent({
    connect: { timeout: connectMs },
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  });
  return shared;
}
