import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, Project, tallies } from '../support/cli.ts';
import { emulators, hypervisor, inGuest } from '../support/guest-login.ts';
import { hostExec, labStatus, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
});

afterAll(() => project.remove());

async function run(playbook: string, ...options: readonly string[]) {
  const path = await project.writePlaybook('site.yml', playbook);
  return project.provision(path, '-i', project.inventory, '--output', 'ndjson', ...options);
}

test('a host that is down is told as unreachable, and the others go on', async () => {
  // The address of a host that this lab does not have.
  const { hosts } = await labStatus();
  const nobody = hosts[0]?.address.replace(/\d+$/, '99');
  await project.edit([[['hypervisors', 'hosts', 'nobody'], { ssh: { host: nobody, user: 'root' } }]]);
  const found = await run('- hosts: hypervisors\n  tasks:\n    - shell.command: { argv: ["true"] }\n');
  await project.edit([[['hypervisors', 'hosts', 'nobody'], undefined]]);
  expect(found.exit).toBe(3);
  expect(tallies(found).nobody).toMatchObject({ unreachable: 1 });
  expect(tallies(found)[hypervisor]).toMatchObject({ changed: 1, unreachable: 0 });
});

test('a download whose checksum is wrong leaves no file behind', async () => {
  const before = await upperFiles(hypervisor);
  const wrong = await run(`
- hosts: ${hypervisor}
  tasks:
    - http.download:
        url: "<%= installer_url %>/linux"
        path: /var/tmp/linux
        checksum: "sha256:${'0'.repeat(64)}"
`);
  expect(wrong.exit).toBe(2);
  expect(ended(wrong, 'failed').join()).toMatch(/checksum|sha256/i);
  expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
});

test('a second run on a host is told who holds it, and since when', async () => {
  const slow = await project.writePlaybook(
    'slow.yml',
    `- hosts: ${hypervisor}\n  tasks:\n    - shell.command: { script: "touch /run/begun; until [ -e /run/end ]; do sleep 0.1; done" }\n`,
  );
  const first = project.start([slow, '-i', project.inventory, '--output', 'ndjson']);
  const begun = async () => (await hostExec(hypervisor, ['ls', '/run/begun'])).exit;
  await expect.poll(begun, { timeout: 60_000 }).toBe(0);
  const second = await run(`- hosts: ${hypervisor}\n  tasks:\n    - shell.command: { argv: ["true"] }\n`);
  expect(second.exit).toBe(2);
  expect(ended(second, 'failed').join()).toMatch(/PV5040 run \d{8}T\d{6}Z-\w+ of \w+, since 20/);
  const checked = await run(`- hosts: ${hypervisor}\n  tasks:\n    - shell.command: { argv: ["true"] }\n`, '--check');
  expect(checked.exit).toBe(0);
  await hostExec(hypervisor, ['touch', '/run/end']);
  expect((await first.finished).exit).toBe(0);
  const third = await run(`- hosts: ${hypervisor}\n  tasks:\n    - shell.command: { argv: ["true"] }\n`);
  expect(third.exit).toBe(0);
});

test('a guest gets its seed inside the initrd, and no copy of it stays', async () => {
  await project.edit([[['guests', 'vars', 'seed'], 'initrd']]);
  const installed = await project.run();
  expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
  expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
  const { stdout } = await hostExec(hypervisor, ['ls', '/data/iso']);
  expect(stdout.split('\n').filter((name) => name.includes('everest'))).toEqual([]);
  const again = await project.run();
  expect(ended(again, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
});

test('two guests install side by side on one hypervisor', async () => {
  await project.edit([
    [
      ['guests', 'hosts', 'lhotse'],
      { hypervisor, ip: '192.168.101.101', ssh: { port: 10023, user: 'tuna', password: 'a second word' } },
    ],
    [
      ['guests', 'hosts', 'nuptse'],
      { hypervisor, ip: '192.168.101.102', seed: 'http', ssh: { port: 10024, user: 'tuna', password: 'a third word' } },
    ],
  ]);
  const everest = (await emulators()).everest;
  const installed = await project.run();
  expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
  const order = installed.events.filter((event) => event.event === 'progress').map((event) => event.host);
  const alternations = order.filter((host, at) => at > 0 && host !== order[at - 1]).length;
  // One after the other would change over once.
  expect(alternations).toBeGreaterThan(1);
  expect((await emulators()).everest).toBe(everest);
  expect(await inGuest(project, 'lhotse', ['hostname'])).toBe('lhotse');
  expect(await inGuest(project, 'nuptse', ['hostname'])).toBe('nuptse');
});
