import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  // Made within one tick of the clock or not: that is not to be seen.
  for (const folder of [join(root, 'other'), root]) utimesSync(folder, 0, 0);
  const text = playbook.replaceAll('ROOT', root);
  const told = [];
  for (const check of [true, false, false])
    told.push(seenAlike((await here.run(text, { readAhead, check, diff: true })).events));
  return { told, tree: treeOf(root) };
}

/** Every entry with its kind, mode, owner, target and content, in the order in which they were last changed. */
function treeOf(root: string): string {
  const list = `find . -printf '%T@ %y %m %u %p %l\\n' | sort -n | cut -d' ' -f2-; find . -type f | sort | xargs -r tail -n +1`;
  return execFileSync('sh', ['-c', list], { cwd: root, encoding: 'utf8' });
}

test('looking ahead is seen in nothing: not in an event, not in what comes of it, not in the order of effects', async () => {
  await fc.assert(
    fc.asyncProperty(randomPlaybook, async (playbook) => {
      expect(await outcomeWith(64, playbook)).toEqual(await outcomeWith(1, playbook));
    }),
    { numRuns: Number(process.env.PROVISION_TEST_RUNS ?? 20) },
  );
}, 3_600_000);
