import { cp, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, type PrintedEvent, Project } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost } from '../support/lab.ts';

const guests = Array.from({ length: 10 }, (_, index) => `nuptse${index}`);
/** How often each console says what a whole installation says. */
const rounds = 10;
const lastWord = 'nothing more is said';

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  for (const folder of ['playbooks', 'templates'])
    await cp(resolve(folder), join(project.folder, folder), { recursive: true });
  await project.writePlaybook('playbooks/ten.yml', playbook);
  await project.edit(
    guests.map((name, at) => {
      const ssh = { port: 10_100 + at, user: 'tuna', password: 'a word of no weight' };
      return [['guests', 'hosts', name], { hypervisor, ip: `192.168.101.${110 + at}`, memory: 32, ssh }] as const;
    }),
  );
  const prepared = await project.run('-l', hypervisor);
  expect(ended(prepared, 'failed', 'unreachable', 'unknown'), prepared.stderr).toEqual([]);
  await hostExec(hypervisor, ['qemu-img', 'create', '-q', '-f', 'qcow2', '/data/iso/empty.qcow2', '1M']);
});

afterAll(async () => {
  await resetHost(hypervisor);
  await project.remove();
});

/** Their image holds nothing to boot: what their consoles say is brought to where a first boot would write it. */
const playbook = `
- hosts: guests
  tasks:
    - delegate_to: "<%= hypervisor %>"
      vars: { seed: disk, seed_file: "/data/iso/<%= host %>-seed.iso" }
      libvirt.guest:
        name: "<%= host %>"
        address: "<%= ip %>"
        xml: domain.xml.ejs
        preseed: user-data.yaml.ejs
        seed: { by: disk, file: "<%= seed_file %>" }
        disk: { pool: vms, capacity: 4M, image: /data/iso/empty.qcow2 }
`;

/** Standard input to the ten consoles, 4 KiB a time, over and over. */
const speak = `mkdir /tmp/said && cd /tmp/said && split -b 4096
logs=$(for guest in "$@"; do echo /tmp/$guest-serial0.log; done)
for round in $(seq ${rounds}); do for piece in *; do tee -a $logs <$piece >/dev/null; sleep 0.1; done; done
echo "${lastWord}" | tee -a $logs >/dev/null`;

test('ten installations are followed at once in bounded memory', async () => {
  const words = ['-i', project.inventory, '-l', guests.join(), '-y', '--output', 'ndjson'];
  const { child, finished } = project.start(['playbooks/ten.yml', ...words]);
  const followed = new Set<string>();
  const progressed = new Set<string>();
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const { event, step, host = '' } = JSON.parse(line) as PrintedEvent & { readonly step?: string };
    if (event === 'step.start' && step?.startsWith('follow the installation')) followed.add(host);
    if (event === 'progress') progressed.add(host);
  });
  const allFollowed = expect.poll(() => followed.size, { timeout: 300_000 }).toBe(guests.length);
  await Promise.race([allFollowed, finished.then(({ stdout }) => Promise.reject(new Error(`it ended: ${stdout}`)))]);
  const before = await peakOf(child.pid);
  const said = await installation();
  const spoken = await hostExec(hypervisor, ['sh', '-ec', speak, 'sh', ...guests], said);
  expect(spoken).toMatchObject({ exit: 0 });
  await expect.poll(heardToTheEnd, { timeout: 300_000 }).toBe(guests.length);
  const after = await peakOf(child.pid);
  expect([...progressed].toSorted()).toEqual(guests);
  child.kill('SIGINT');
  expect((await finished).exit).toBe(130);
  const spokenMegabytes = ((said.length * rounds * guests.length) / 2 ** 20).toFixed(1);
  process.stdout.write(`\nmemory at most: ${before} MiB before, ${after} MiB after ${spokenMegabytes} MiB were said\n`);
  expect(after).toBeLessThan(192);
  expect(after - before).toBeLessThan(64);
});

/** What Debian's installer says from its beginning to just before its end. */
async function installation(): Promise<string> {
  const text = await readFile('test/installer/debian-installed.txt', 'utf8');
  const end = text.search(/^.*(System halted|reboot: Power down|Requesting system poweroff)/m);
  expect(end).toBeGreaterThan(30_000);
  return text.slice(0, end);
}

/** The most that the process ever had, in MiB. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}

async function heardToTheEnd(): Promise<number> {
  const folder = join(project.folder, '.provision/installations');
  const logs = (await readdir(folder)).filter((file) => file.endsWith('.log'));
  const texts = await Promise.all(logs.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.filter((text) => text.includes(lastWord)).length;
}
