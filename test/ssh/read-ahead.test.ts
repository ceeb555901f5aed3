import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listTimes, otherWayRound } from '../support/order-of-changes.ts';
import { randomPlaybook } from '../support/random-playbook.ts';
import { Here } from '../support/run-here.ts';
import { seenAlike } from '../support/same-run.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';

let server: TestServer;
let here: Here;

beforeAll(async () => {
  server = await startSshServer({ user: 'tester', password: 'let me in' });
  const { port, hostKey } = server;
  here = await Here.create(`
all:
  hosts:
    charlie:
      ssh: { host: 127.0.0.1, port: ${port}, user: tester, password: let me in, host_key: ${hostKey} }
`);
});

afterAll(async () => {
  await here.remove();
  await server.close();
});

/** Two runs and a look in check mode, in a fresh folder; what was told, and what came of it. */
async function outcomeWith(readAhead: number, playbook: string) {
  const root = join(here.folder, 'root');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'other'), { recursive: true });
  const text = playbook.replaceAll('ROOT', root);
  const told = [];
  for (const check of [true, false, false])
    told.push(seenAlike((await here.run(text, { readAhead, check, diff: true })).events));
  const look = (script: string): string => execFileSync('sh', ['-c', script], { cwd: root, encoding: 'utf8' });
  return { seen: { told, tree: look(tree) }, times: look(listTimes) };
}

/** Every entry with its kind, mode, owner, target and content. */
const tree = `find . -printf '%y %m %u %p %l\\n' | sort; find . -type f | sort | xargs -r tail -n +1`;

test('looking ahead is seen in nothing: not in an event, not in what comes of it, not in the order of effects', async () => {
  await fc.assert(
    fc.asyncProperty(randomPlaybook, async (playbook) => {
      const ahead = await outcomeWith(64, playbook);
      const oneByOne = await outcomeWith(1, playbook);
      expect(ahead.seen).toEqual(oneByOne.seen);
      expect(otherWayRound(ahead.times, oneByOne.times)).toEqual([]);
    }),
    { numRuns: Number(process.env.PROVISION_TEST_RUNS ?? 20) },
  );
}, 3_600_000);
