import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, Project } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost } from '../support/lab.ts';

const playbook = `
- hosts: ${hypervisor}
  tasks:
    - { name: greet, file.content: { path: /srv/undo/motd, content: "new\\n", mode: "0664" } }
    - { name: mine, file.content: { path: /srv/undo/mine, content: "new\\n" } }
    - name: settings
      file.line: { path: /srv/undo/settings, match: "^colour", line: colour=blue }
      notify: again
    - { name: key, file.content: { path: /srv/undo/key, content: "new\\n" } }
    - { name: way, file.link: { path: /srv/undo/way, target: /srv/undo/mine } }
    - { name: folders, file.directory: { path: /srv/undo/deep/er, mode: "0750", group: www-data } }
    - { name: inside, file.content: { path: /srv/undo/deep/er/file, content: "hello\\n" } }
    - { name: closed, file.directory: { path: /srv/undo/folder, mode: "0700", owner: nobody } }
    - { name: gone, file.absent: { path: /srv/undo/gone } }
    - { name: web, systemd.service: { unit: undo-idle, state: running, enabled: true } }
    - { name: rest, systemd.service: { unit: undo-runs, state: stopped, enabled: false } }
    - name: rule
      iptables.rule: { chain: INPUT, action: insert, protocol: tcp, destination_port: 8099, jump: DROP, comment: "it's" }
    - { name: old rule, iptables.rule: { chain: INPUT, state: absent, protocol: udp, destination_port: 99, jump: DROP } }
    - { name: pool, libvirt.pool: { name: undo, path: /srv/undo-pool } }
    - { name: kept network, libvirt.network: { name: kept, xml: kept.xml.ejs, autostart: false } }
    - { name: new network, libvirt.network: { name: undo, xml: new.xml.ejs } }
    - { name: command, shell.command: { argv: [touch, /srv/undo-command], creates: /srv/undo-command } }
  handlers:
    - { name: again, systemd.service: { unit: undo-again, state: restarted } }
`;

function network(name: string, bridge: string, byte: number, hosts: string): string {
  return `<network><name>${name}</name><bridge name="${bridge}"/><ip address="192.168.${byte}.1" netmask="255.255.255.0"><dhcp>
    <range start="192.168.${byte}.2" end="192.168.${byte}.9"/>${hosts}</dhcp></ip></network>`;
}

const reserved = '<host mac="02:00:00:00:00:01" name="one" ip="192.168.77.5"/>';
const more = '<host mac="02:00:00:00:00:02" name="two" ip="192.168.77.6"/>';

const prepare = `
mkdir -p /srv/undo/folder; cd /srv/undo
echo old >motd; echo old >mine; printf 'a=1\\r\\ncolour=red\\r\\nb=2' >settings; echo secret >key; chmod 600 key
ln -s /nowhere way; echo 'to be gone' >gone; chmod 640 settings; chmod 644 settings gone; chown nobody gone
for unit in undo-idle undo-runs undo-again; do
  printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/$unit.service
done
systemctl daemon-reload; systemctl enable --now undo-runs undo-again
iptables -A INPUT -p icmp -j ACCEPT; iptables -A INPUT -p udp --dport 99 -j DROP; iptables -A INPUT -p esp -j ACCEPT
cat >/root/kept.xml; virsh net-define /root/kept.xml; virsh net-start kept`;

/** All that the playbook has a hand in: files, units, rules, networks and pools. */
const look = `cd /srv/undo
find . -printf '%p %y %m %u %g %l\\n' | sort; find . -type f -exec md5sum {} + | sort -k2
for unit in undo-idle undo-runs; do systemctl is-active $unit; systemctl is-enabled $unit; done
iptables-save | grep -v '^[#:]' ; virsh net-list --all; virsh net-dumpxml kept; virsh net-dumpxml kept --inactive; virsh pool-list --all`;

let project: Project;
let run: string;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  await project.writePlaybook('kept.xml.ejs', network('kept', 'virbr77', 77, reserved + more));
  await project.writePlaybook('new.xml.ejs', network('undo', 'virbr78', 78, ''));
  const prepared = await onHost(`set -e\n${prepare}`, network('kept', 'virbr77', 77, reserved));
  expect(prepared.stderr.replaceAll(/Created symlink.*\n/g, '')).toBe('');
});

afterAll(() => project.remove());

function onHost(script: string, stdin = '') {
  return hostExec(hypervisor, ['sh', '-c', script], stdin);
}

async function state(): Promise<string> {
  return (await onHost(look)).stdout;
}

function undo(...options: readonly string[]) {
  return project.provision('undo', run, '-i', project.inventory, ...options);
}

async function startOf(unit: string): Promise<string> {
  return (await onHost(`systemctl show --property=MainPID --value ${unit}`)).stdout.trim();
}

test('a run is undone: everything is as before, but what somebody changed since, and what is not kept', async () => {
  const before = await state();
  const made = await project.provision(
    await project.writePlaybook('site.yml', playbook),
    ...['-i', project.inventory, '--output', 'ndjson'],
  );
  expect(ended(made, 'failed', 'unreachable', 'ok')).toEqual([]);
  run = JSON.parse(made.stdout.split('\n')[0] ?? '').run;
  const [changed, pid] = [await state(), await startOf('undo-again')];
  expect(changed).not.toBe(before);
  await onHost('echo theirs >>/srv/undo/mine');
  const checked = await undo('--check');
  const plan = `${checked.stdout}${checked.stderr}`.replaceAll(run, 'RUN').replaceAll(`${project.folder}/`, '');
  expect(plan.replace(/began .*/, 'began')).toBe(await readFile('test/lab/undo.txt', 'utf8'));
  expect(await state()).toBe(changed.replace(/\S+(?= {2}\.\/mine)/, md5('new\ntheirs\n')));
  const back = await undo('-y', '--output', 'ndjson');
  expect(back).toMatchObject({ exit: 0 });
  expect(ended(back, 'failed', 'unreachable', 'ok')).toEqual([]);
  const expected = before
    .replace(/\S+(?= {2}\.\/mine)/, md5('new\ntheirs\n'))
    .replace(/\S+(?= {2}\.\/key)/, md5('new\n'));
  expect(await state()).toBe(expected);
  expect(await startOf('undo-again')).not.toBe(pid);
  const journal = await readFile(join(project.folder, '.provision', 'runs', `${run}.ndjson`), 'utf8');
  expect(journal).not.toContain('secret\\n');
});

test('undoing it again finds nothing to do; what somebody changed goes when it is named', async () => {
  const again = await undo('-y');
  expect(again).toMatchObject({ exit: 0 });
  expect(again.stdout).toContain('/srv/undo/mine: it was changed since');
  expect(again.stdout).toMatch(/\nnothing to do\n$/);
  expect(await undo('-y', '--overwrite', '/srv/undo/mine')).toMatchObject({ exit: 0 });
  expect((await onHost('cat /srv/undo/mine')).stdout).toBe('old\n');
});

test('an undo is undone as any run', async () => {
  const before = await state();
  const made = await project.provision(join(project.folder, 'site.yml'), '-i', project.inventory);
  expect(made.exit).toBe(0);
  const after = await state();
  expect(await project.provision('undo', 'last', '-y', '-i', project.inventory)).toMatchObject({ exit: 0 });
  expect(await state()).toBe(before);
  expect(await project.provision('undo', 'last', '-y', '-i', project.inventory)).toMatchObject({ exit: 0 });
  expect(await state()).toBe(after);
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
