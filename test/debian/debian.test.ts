import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, type PrintedEvent, Project, tallies } from '../support/cli.ts';
import { emulators, hypervisor, inGuest } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  // What starts it is then known to its firmware alone: without that the installed system would not start.
  await project.edit([[['guests', 'hosts', 'everest', 'firmware'], 'efi']]);
  for (const folder of ['playbooks', 'templates']) {
    await cp(folder, join(project.folder, folder), { recursive: true });
  }
});

afterAll(() => project.remove());

const words = () => [join(project.folder, 'playbooks/shared-guest.yml'), '-i', project.inventory, '-y'];
const run = (): Promise<Finished> => project.provision(...words(), '--output', 'ndjson');

interface Moment {
  readonly phase: string;
  readonly percent: number;
}

/** Ends the controller without a word as soon as the installer has got there. */
async function killedAt(moment: Moment): Promise<Finished> {
  const { child, finished } = project.start([...words(), '--output', 'ndjson']);
  if (!child.stdout) throw new Error('a run without output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { event, phase, percent = 0 } = JSON.parse(line) as PrintedEvent;
    if (event === 'progress' && phase === moment.phase && percent >= moment.percent) child.kill('SIGKILL');
  });
  return finished;
}

async function expectStopped(finished: Finished, says: string): Promise<void> {
  expect(finished.exit, finished.stdout).toBe(2);
  const [failure] = finished.events.filter(({ event, status }) => event === 'task.end' && status === 'failed');
  expect(failure).toMatchObject({ code: 'PV5401', host: 'everest' });
  expect(failure?.message).toContain(says);
}

/** The real installer: half an hour to an hour under software emulation, most of it its own. Each test goes on from the last. */
describe('Debian 13', { sequential: true }, () => {
  test('stops at a mirror that does not answer as one', async () => {
    const path = ['guests', 'hosts', 'everest', 'mirror'];
    await project.edit([[path, 'http://mirror.example.org/debian']]);
    await expectStopped(await run(), 'Bad archive mirror');
    await project.edit([[path, undefined]]);
  });

  test('starts over, and stops at a question that the seed leaves unanswered', async () => {
    const preseed = join(project.folder, 'templates/preseed.cfg.ejs');
    const text = await readFile(preseed, 'utf8');
    await writeFile(preseed, text.replace(/^.*passwd\/user-password-crypted.*\n/m, ''));
    await expectStopped(await run(), 'Set up users and passwords');
    await writeFile(preseed, text);
  });

  test.each([
    [10, { phase: 'Loading additional components', percent: 0 }],
    [50, { phase: 'Installing the base system', percent: 50 }],
    [90, { phase: 'Installing GRUB boot loader', percent: 50 }],
  ])('is followed on after the controller was killed at about %i %%', async (percent, moment) => {
    const before = await emulators();
    expect((await killedAt(moment)).exit).toBeNull();
    const after = await emulators();
    expect(after.everest).toBeDefined();
    // The first of them starts over what the question stopped; from then on it is one and the same machine.
    if (percent > 10) expect(after).toEqual(before);
  });

  test('is installed and answers with the pinned key', async () => {
    const installed = await run();
    expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(installed.exit).toBe(0);
    expect(await inGuest(project, 'everest', ['cat', '/etc/debian_version'])).toMatch(/^13\./);
    expect(await inGuest(project, 'everest', ['findmnt', '-no', 'SOURCE', '/'])).toMatch(/^\/dev\/vda/);
    const { stdout } = await hostExec(hypervisor, ['virsh', 'dumpxml', 'everest']);
    expect(stdout).toContain("<serial type='pty'");
    expect((await hostExec(hypervisor, ['virsh', 'list', '--all', '--name'])).stdout.trim()).toBe('everest');
  });

  test('is left alone by a second run', async () => {
    const files = await upperFiles(hypervisor);
    const again = await run();
    expect(again.exit).toBe(0);
    const changed = Object.entries(tallies(again)).map(([host, tally]) => [host, tally.changed]);
    expect(Object.fromEntries(changed)).toEqual({ hypervisor1: 0, hypervisor2: 0, everest: 0 });
    // A running guest writes to its disk as it likes.
    const written = writtenBetween(files, await upperFiles(hypervisor));
    expect(written.filter((line) => line !== '~ /data/vms/everest.qcow2')).toEqual([]);
  });
});
