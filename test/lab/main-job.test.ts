import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { emulators, hypervisor, hypervisorState, inGuest, loginOf } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
});

afterAll(() => project.remove());

/** Each step stands on the one before, as the days of a hypervisor do. */
describe('a bare hypervisor', { sequential: true }, () => {
  test('check mode shows what would happen and performs nothing', async () => {
    // The first virsh wakes libvirtd, which then writes its own defaults: that is not the run's doing.
    const state = await hypervisorState();
    const files = await upperFiles(hypervisor);
    const checked = await project.run('--check', '--diff');
    expect(ended(checked, 'failed', 'unreachable')).toEqual([]);
    expect(checked.exit).toBe(0);
    expect(tallies(checked)[hypervisor]?.changed).toBeGreaterThan(0);
    expect(tallies(checked).everest?.unknown).toBeGreaterThan(0);
    expect(writtenBetween(files, await upperFiles(hypervisor))).toEqual([]);
    expect(await hypervisorState()).toBe(state);
  });

  test('becomes the host of a guest that answers with the pinned key', async () => {
    const installed = await project.run();
    expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(installed.exit).toBe(0);
    const progress = installed.events.filter((event) => event.event === 'progress' && event.host === 'everest');
    expect(new Set(progress.map((event) => event.phase)).size).toBeGreaterThan(1);
    expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
    expect(await readFile(project.knownHosts, 'utf8')).toMatch(/^everest ssh-ed25519 /m);
    const { stdout } = await hostExec(hypervisor, ['virsh', 'dumpxml', 'everest']);
    expect(stdout).toContain("<serial type='pty'");
    expect(stdout).not.toContain('<kernel>');
  });

  test('holds no password and no seed once the guest is installed', async () => {
    const login = await loginOf(project, 'everest');
    const script = `grep -rlsF -e "$1" -e user-password-crypted /run/provision /etc /data/iso /tmp /var/lib/libvirt /root || true`;
    const { stdout } = await hostExec(hypervisor, ['sh', '-c', script, 'sh', login.password]);
    expect(stdout).toBe('');
    expect(await hypervisorState()).not.toContain('provision-seed');
  });

  test('is left alone by a second run, which has nothing to ask', async () => {
    const files = await upperFiles(hypervisor);
    const state = await hypervisorState();
    const again = await runUnasked();
    expect(ended(again, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(again.exit).toBe(0);
    expect(writtenByRun(files, await upperFiles(hypervisor))).toEqual([]);
    expect(await hypervisorState()).toBe(state);
  });

  test('is proved to be reached: by its key, its lease and its address, also when libvirt has restarted', async () => {
    await hostExec(hypervisor, ['systemctl', 'restart', 'libvirtd']);
    const verify = () => project.provision('verify', 'everest', '-i', project.inventory, '--output', 'ndjson');
    await expect.poll(async () => (await verify()).exit, { timeout: 60_000 }).toBe(0);
    const proved = (await verify()).stdout.split('\n').filter((line) => line.includes('"status":"ok"'));
    expect(proved.map((line) => (JSON.parse(line) as { about: string }).about)).toEqual(['ssh', 'lease', 'address']);
  });

  test('takes a second guest from five lines of the inventory and leaves the first running', async () => {
    const before = await emulators();
    await project.edit([
      [
        ['guests', 'hosts', 'lhotse'],
        { hypervisor, ip: '192.168.101.101', ssh: { port: 10023, user: 'tuna', password: 'a second word' } },
      ],
    ]);
    const refused = await runUnasked();
    expect(ended(refused, 'failed').join()).toMatch(/^lhotse: guest: PV5003 not confirmed: .*lhotse/);
    expect((await emulators()).lhotse).toBeUndefined();
    const added = await project.run();
    expect(ended(added, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(added.exit).toBe(0);
    expect((await emulators()).everest).toBe(before.everest);
    expect(ended(added, 'changed').filter((line) => line.startsWith('everest:'))).toEqual([]);
    expect(await inGuest(project, 'lhotse', ['hostname'])).toBe('lhotse');
  });

  test('finishes an installation whose run was killed and whose link was cut', async () => {
    await project.edit([
      [
        ['guests', 'hosts', 'nuptse'],
        { hypervisor, ip: '192.168.101.102', ssh: { port: 10024, user: 'tuna', password: 'a third word' } },
      ],
    ]);
    const first = project.start([...shared(), '-l', `${hypervisor},nuptse`]);
    await untilInstalling('nuptse');
    // Every session of the host ends, as after a cut link.
    await hostExec(hypervisor, ['sh', '-c', 'for p in $(pgrep -f "^sshd: root"); do kill -9 "$p"; done']);
    const cut = await first.finished;
    expect(cut.exit).toBe(3);
    expect(tallies(cut).nuptse?.unreachable).toBe(1);
    const emulator = (await emulators()).nuptse;
    const second = project.start(shared());
    await new Promise((resolve) => setTimeout(resolve, 2500));
    second.child.kill('SIGKILL');
    await second.finished;
    const third = await project.run();
    expect(ended(third, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(third.exit).toBe(0);
    expect(emulator).toBeDefined();
    expect(await inGuest(project, 'nuptse', ['hostname'])).toBe('nuptse');
    const again = await project.run();
    expect(ended(again, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
  });

  test('refuses a guest that answers with another key than the pinned one', async () => {
    const pins = await readFile(project.knownHosts, 'utf8');
    const key = /^lhotse (ssh-ed25519 \S+)/m.exec(pins)?.[1];
    await project.edit([[['guests', 'hosts', 'everest', 'ssh', 'host_key'], key]]);
    const refused = await project.run('-l', 'everest');
    expect(refused.exit).toBe(3);
    expect(ended(refused, 'unreachable').join()).toContain('host key');
    await project.edit([[['guests', 'hosts', 'everest', 'ssh', 'host_key'], undefined]]);
  });

  test('tells a wrong password from an unreachable guest', async () => {
    const password = await project.value(['guests', 'hosts', 'everest', 'ssh', 'password']);
    await project.edit([[['guests', 'hosts', 'everest', 'ssh', 'password'], 'not this one']]);
    const refused = await project.run('-l', 'everest');
    expect(refused.exit).toBe(3);
    expect(ended(refused, 'unreachable').join()).toContain('PV4004');
    expect(refused.stdout + refused.stderr).not.toContain('not this one');
    await project.edit([[['guests', 'hosts', 'everest', 'ssh', 'password'], password]]);
  });

  test('refuses a disk smaller than what is on it, before anything is touched', async () => {
    await project.edit([[['guests', 'hosts', 'everest', 'disk'], '64M']]);
    const refused = await project.run('-l', 'everest');
    expect(refused.exit).toBe(2);
    expect(ended(refused, 'failed').join()).toContain('small');
    expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
    await project.edit([[['guests', 'hosts', 'everest', 'disk'], undefined]]);
  });
});

/** A running guest writes to its disk as it likes. */
function writtenByRun(...listings: Parameters<typeof writtenBetween>): readonly string[] {
  return writtenBetween(...listings).filter((line) => !/^~ \/data\/vms\/\w+\.qcow2$/.test(line));
}

function shared(): readonly string[] {
  return ['playbooks/shared-guest.yml', '-i', project.inventory, '-y', '--output', 'ndjson'].map((word) =>
    word === 'playbooks/shared-guest.yml' ? `${process.cwd()}/${word}` : word,
  );
}

/** Nobody confirms anything: without a terminal and `-y` each question is answered with no. */
function runUnasked(): Promise<Finished> {
  return project.provision(...shared().filter((word) => word !== '-y'));
}

async function untilInstalling(guest: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const { exit, stdout } = await hostExec(hypervisor, ['virsh', 'domstate', guest]);
    if (exit === 0 && stdout.trim() === 'running') return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${guest} was not started within a minute`);
}
