import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost, testLab } from '../support/lab.ts';
import { listTimes, otherWayRound } from '../support/order-of-changes.ts';
import { randomPlaybook } from '../support/random-playbook.ts';
import { Here } from '../support/run-here.ts';
import { seenAlike } from '../support/same-run.ts';

const root = '/srv/ahead';
/** Every entry with its kind, mode, owner, target and content. */
const tree = `cd ${root} && find . -printf '%y %m %u %p %l\\n' | sort; find . -type f | sort | xargs -r tail -n +1`;
const fresh = `rm -rf ${root}; mkdir -p ${root}/other; chmod 1777 ${root} ${root}/other; iptables -F INPUT`;

let here: Here;

beforeAll(async () => {
  await resetHost(hypervisor);
  here = await Here.create(await readFile(testLab.inventory, 'utf8'));
});

afterAll(() => here.remove());

/** In check mode, for real, and once more, on a fresh folder; what was told, and what came of it. */
async function outcomeWith(readAhead: number, playbook: string) {
  await hostExec(hypervisor, ['sh', '-c', fresh]);
  const told = [];
  for (const check of [true, false, false]) {
    const options = { readAhead, check, diff: true, limit: hypervisor };
    told.push(seenAlike((await here.run(playbook.replaceAll('ROOT', root), options)).events));
  }
  const came = await hostExec(hypervisor, ['sh', '-c', `${tree}; iptables -S INPUT`]);
  const times = await hostExec(hypervisor, ['sh', '-c', `cd ${root} && ${listTimes}`]);
  return { seen: { told, came: came.stdout }, times: times.stdout };
}

/** Tasks of another user, and rules of one chain, among the others. */
const alsoOnHosts = `
    - { name: as another user, become: true, become_user: daemon, file.content: { path: ROOT/mine, content: "mine\\n" } }
    - { name: a rule, iptables.rule: { chain: INPUT, protocol: tcp, destination_port: 8001, jump: ACCEPT } }
    - { name: another rule, iptables.rule: { chain: INPUT, protocol: tcp, destination_port: 8002, jump: ACCEPT } }
    - { name: in front, iptables.rule: { chain: INPUT, action: insert, protocol: tcp, destination_port: 8003, jump: ACCEPT } }
    - { name: by the user, file.line: { path: ROOT/mine, line: not mine } }
`;

test('looking ahead is seen in nothing on a real host', async () => {
  await fc.assert(
    fc.asyncProperty(randomPlaybook, fc.boolean(), async (text, more) => {
      const playbook = more ? text.replace('  tasks:\n', `  tasks:${alsoOnHosts}`) : text;
      const ahead = await outcomeWith(64, playbook);
      const oneByOne = await outcomeWith(1, playbook);
      expect(ahead.seen).toEqual(oneByOne.seen);
      expect(otherWayRound(ahead.times, oneByOne.times)).toEqual([]);
    }),
    { numRuns: Number(process.env.PROVISION_TEST_RUNS ?? 8) },
  );
});
