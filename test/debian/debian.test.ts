import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, Project, tallies } from '../support/cli.ts';
import { hypervisor, inGuest } from '../support/guest-login.ts';
import { hostExec, upperFiles, writtenBetween } from '../support/lab.ts';

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

/** The real installer: about an hour under software emulation, most of it its own. */
describe('Debian 13', { sequential: true }, () => {
  test('is installed from nothing and answers with the pinned key', async () => {
    const installed = await project.run();
    expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(installed.exit).toBe(0);
    expect(await inGuest(project, 'everest', ['cat', '/etc/debian_version'])).toMatch(/^13\./);
    expect(await inGuest(project, 'everest', ['findmnt', '-no', 'SOURCE', '/'])).toMatch(/^\/dev\/vda/);
    const { stdout } = await hostExec(hypervisor, ['virsh', 'dumpxml', 'everest']);
    expect(stdout).toContain("<serial type='pty'");
  });

  test('is left alone by a second run', async () => {
    const files = await upperFiles(hypervisor);
    const again = await project.run();
    expect(again.exit).toBe(0);
    expect(Object.values(tallies(again)).map((tally) => tally.changed)).toEqual([0, 0]);
    // A running guest writes to its disk as it likes.
    const written = writtenBetween(files, await upperFiles(hypervisor));
    expect(written.filter((line) => line !== '~ /data/vms/everest.qcow2')).toEqual([]);
  });
});
