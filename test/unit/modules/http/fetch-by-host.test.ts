import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProvisionError } from '../../../../src/core/diagnostic.ts';
import { Secrets } from '../../../../src/core/secret.ts';
import { type Fetch, fetchByHost } from '../../../../src/modules/http/fetch-by-host.ts';
import { type Connection, connect } from '../../../../src/transport/connect.ts';
import { KnownHosts } from '../../../../src/transport/known-hosts.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');

/** What the server does with the next requests; the rest is answered as a mirror does, ranges and all. */
type Mood = 'cut' | 'busy' | 'no ranges';
const server = { moods: [] as Mood[], requests: [] as string[] };

function answer(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  server.requests.push(`${request.url} from ${from}`);
  const mood = server.moods.shift();
  if (request.url !== '/linux') response.writeHead(404).end();
  else if (mood === 'busy') response.writeHead(503).end();
  else if (from >= content.length) response.writeHead(416).end();
  else send(response, from, mood);
}

function send(response: ServerResponse, from: number, mood: Mood | undefined): void {
  const body = mood === 'no ranges' ? content : content.subarray(from);
  const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 && mood !== 'no ranges' ? 206 : 200, { 'content-length': body.length, ...range });
  if (mood === 'cut') response.write(body.subarray(0, 100_000), () => response.destroy());
  else response.end(body);
}

let http: ReturnType<typeof createServer>;
let connection: Connection;
let folder: string;

beforeAll(async () => {
  http = createServer(answer);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const settings = { name: 'here', kind: 'local', host: '127.0.0.1', port: 22, user: 'root' } as const;
  const knownHosts = new KnownHosts({ project: join(tmpdir(), 'no-such-file'), user: [] });
  connection = await connect(settings, { knownHosts, secrets: new Secrets() });
});

afterAll(async () => {
  await connection.close();
  http.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-fetch-'));
  server.moods = [];
  server.requests = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

async function fetchFile(fetch: Partial<Fetch> & Pick<Fetch, 'tool'>): Promise<string> {
  const path = join(folder, 'linux');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/linux`;
  const effect = fetchByHost({ url, path, proxy: '', ...fetch });
  if (effect.kind !== 'custom') throw new Error('not the effect that was expected');
  await effect.act(await connection.remote(), () => undefined, {
    fresh: () => Promise.reject(new Error('not asked for')),
    elsewhere: () => Promise.reject(new Error('not asked for')),
  });
  return path;
}

async function refusal(work: Promise<unknown>): Promise<ProvisionError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProvisionError) return error;
  throw new Error(`it was not refused: ${String(error)}`);
}

/** macOS brings no wget. */
const tools = (['curl', 'wget'] as const).filter(
  (tool) => tool === 'curl' || spawnSync(tool, ['--version']).status === 0,
);

describe.each(tools)('a host that fetches with %s', (tool) => {
  test('puts the file in place with its mode, and leaves no part', async () => {
    const path = await fetchFile({ tool, sha256, mode: '0600' });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('goes on where a transfer was cut off', async () => {
    server.moods = ['cut'];
    const path = await fetchFile({ tool });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/linux from 0', '/linux from 100000']);
  });

  test('continues the part of an earlier run, since the checksum tells whether it was good', async () => {
    writeFileSync(join(folder, 'linux.part'), content.subarray(0, 200_000));
    const path = await fetchFile({ tool, sha256 });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/linux from 200000']);
  });

  test('asks for nothing when the part is whole already', async () => {
    writeFileSync(join(folder, 'linux.part'), content);
    await fetchFile({ tool, sha256 });
    expect(server.requests).toEqual([]);
  });

  test('starts over once when the part was of another version', async () => {
    writeFileSync(join(folder, 'linux.part'), randomBytes(200_000));
    const path = await fetchFile({ tool, sha256 });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/linux from 200000', '/linux from 0']);
  });

  test('starts over when the part is longer than the file', async () => {
    writeFileSync(join(folder, 'linux.part'), randomBytes(400_000));
    const path = await fetchFile({ tool, sha256 });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('trusts no part of an earlier run without a checksum', async () => {
    writeFileSync(join(folder, 'linux.part'), randomBytes(200_000));
    const path = await fetchFile({ tool });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('tries again when the server is busy', async () => {
    server.moods = ['busy'];
    const path = await fetchFile({ tool, sha256 });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('starts over when the server cannot continue', async () => {
    writeFileSync(join(folder, 'linux.part'), content.subarray(0, 200_000));
    server.moods = ['no ranges'];
    const path = await fetchFile({ tool, sha256 });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('leaves nothing behind when the checksum is wrong, and says both sums', async () => {
    const wanted = '0'.repeat(64);
    const path = join(folder, 'linux');
    writeFileSync(path, 'the old one');
    const error = await refusal(fetchFile({ tool, sha256: wanted }));
    expect(error.diagnostics[0].code).toBe('PV5108');
    expect(error.diagnostics[0].transcript).toBe(`wanted sha256 ${wanted}\ngot    sha256 ${sha256}`);
    expect(readFileSync(path, 'utf8')).toBe('the old one');
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('does not ask again for what is not there', async () => {
    const { port } = http.address() as AddressInfo;
    const error = await refusal(fetchFile({ tool, url: `http://127.0.0.1:${port}/nothing` }));
    expect(error.diagnostics[0].code).toBe('PV5115');
    expect(error.message).toMatch(/404/);
    expect(server.requests).toEqual(['/nothing from 0']);
  });
});
