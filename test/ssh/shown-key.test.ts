import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KnownHosts } from '../../src/transport/known-hosts.ts';
import { checkShownKey, judgeScannedKeys, opensPort } from '../../src/transport/shown-key.ts';
import { generateKey, publicKeyOf, startSshServer, type TestServer } from '../support/ssh-server.ts';

const key = generateKey();
const other = publicKeyOf(generateKey().private);

let server: TestServer;
let folder: string;

beforeEach(async () => {
  server = await startSshServer({ hostKeys: [key.private] });
  folder = await mkdtemp(join(tmpdir(), 'provision-shown-key-'));
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function knowing(...keys: readonly string[]): Promise<KnownHosts> {
  const project = join(folder, 'known_hosts');
  await writeFile(project, keys.map((each) => `everest ${each}\n`).join(''));
  return new KnownHosts({ project, user: [] });
}

const place = () => ({ name: 'everest', host: '127.0.0.1', port: server.port });

test('the pinned key is the proof, and nobody logs in', async () => {
  expect(await checkShownKey(place(), await knowing(publicKeyOf(key.private)), 5)).toBeUndefined();
  expect(server.counts.logins).toBe(0);
});

test('another key, or none that is known, is none', async () => {
  expect(await checkShownKey(place(), await knowing(other), 5)).toContain('but is known by');
  expect(await checkShownKey(place(), await knowing(), 5)).toContain('is not known');
});

test('neither is a port where nobody answers', async () => {
  const { port } = server;
  await server.close();
  expect(await checkShownKey({ ...place(), port }, await knowing(other), 5)).toContain('ECONNREFUSED');
  expect(await opensPort('127.0.0.1', port, 5)).toBe(false);
});

test('a port that lets in opens', async () => {
  expect(await opensPort('127.0.0.1', server.port, 5)).toBe(true);
});

test('keys that another host was shown are judged alike', async () => {
  const known = await knowing(other);
  const shown = (line: string) => judgeScannedKeys(place(), known, `# 127.0.0.1:22 SSH-2.0\n[127.0.0.1]:22 ${line}\n`);
  expect(shown(other)).toBeUndefined();
  expect(shown(publicKeyOf(key.private))).toContain('but is known by');
  expect(judgeScannedKeys(place(), known, '')).toContain('shows no SSH host key');
});
