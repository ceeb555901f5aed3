import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shellWords } from '../../src/transport/shell-text.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { identityOver, links, scratchFolder } from '../support/transport.ts';

const megabyte = 1024 * 1024;
const password = 'x';

let server: TestServer;
beforeAll(async () => {
  server = await startSshServer({ password });
});
afterAll(() => server.close());

test.each(links)('what a slow host does not take is not fetched: $name', async ({ open }) => {
  const link = await open(server, password);
  const identity = identityOver(link, 'sh');
  const go = join(scratchFolder(), 'go');
  let fetched = 0;
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (; fetched < 64; fetched += 1) yield Buffer.alloc(megabyte, fetched);
  };
  const script = 'while [ ! -e "$1" ]; do sleep 0.05; done; wc -c';
  const counted = identity.exchange({ command: shellWords(['sh', '-c', script, 'x', go]), stdin: source() });
  let before = -1;
  await vi.waitFor(
    () => {
      const standing = fetched > 0 && fetched === before;
      before = fetched;
      expect(standing).toBe(true);
    },
    { interval: 300, timeout: 10_000 },
  );
  expect(fetched).toBeLessThan(10);
  writeFileSync(go, '');
  expect(String((await counted).stdout).trim()).toBe(String(64 * megabyte));
  identity.close();
  await link.close();
});
