import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, Project, tallies } from '../support/cli.ts';
import { hypervisor, hypervisorState } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

const key = (await readFile('test/fixtures/ed25519.pub', 'utf8')).trim();
const hash = '$6$abcdefgh$Xi5ajfo0AUqkh7Mkw3mp6xabKCIHBuwg5cYYh8wXu/YH1S63eY0rUCUX8UgTTJSyJ9vYJIuBHA.RrEA6XDpZ01';
const served = 'served by the host itself\n';
const checksum = createHash('sha256').update(served).digest('hex');

/** Each module once, as a person would use it, and where one task builds on what another one made. */
const playbook = `
- hosts: ${hypervisor}
  vars: { motto: "it's \\"quoted\\" \\\\ and $HOME" }
  tasks:
    - apt.package: { packages: [busybox, cpio], install_recommends: false }
    - file.directory: { path: /srv/qa/deep, mode: "0750" }
    - file.content: { path: /srv/qa/served, content: ${JSON.stringify(served)}, mode: "0644" }
    - file.template: { path: /srv/qa/motto.sh, template: motto.sh.ejs, mode: "0755", validate: sh -n %s }
      register: motto
      notify: tell
    - file.line: { path: /etc/hosts, match: "^192[.]0[.]2[.]1 ", line: "192.0.2.1 example" }
    - file.link: { path: /srv/qa/link, target: motto.sh }
    - file.absent: { path: /srv/qa-old, recursive: true }
    - user.account: { name: qa, shell: /bin/bash, password_hash: "${hash}" }
    - ssh.authorized_key: { user: qa, keys: ["${key}"] }
    - file.content:
        path: /etc/systemd/system/qa-web.service
        content: |
          [Service]
          ExecStart=/bin/busybox httpd -f -p 127.0.0.1:8099 -h /srv/qa
          [Install]
          WantedBy=multi-user.target
        mode: "0644"
    - systemd.service: { unit: qa-web.service, state: running, enabled: true }
    - wait.for: { port: 8099, timeout: 20 }
    - http.download: { url: "http://127.0.0.1:8099/served", path: /srv/qa/copy, checksum: "sha256:${checksum}" }
    - iptables.rule:
        chain: INPUT
        action: insert
        protocol: tcp
        destination_port: 8099
        source: 192.0.2.0/24
        jump: DROP
        comment: "qa: nobody's <business>"
    - shell.command: { argv: [touch, "/srv/qa/by-<%= item %>"], creates: "/srv/qa/by-<%= item %>" }
      loop: [one, two]
    - assert.that: { that: ["<%= motto.status !== 'failed' %>"] }
    - name: as another user
      become: true
      become_user: qa
      file.content: { path: /home/qa/own, content: "mine\\n", mode: "0600" }
  handlers:
    - name: tell
      shell.command: { script: 'cp /srv/qa/motto.sh /srv/qa/told', unless: cmp -s /srv/qa/motto.sh /srv/qa/told }
`;

let project: Project;
let site: string;

beforeAll(async () => {
  await resetHost(hypervisor);
  // libvirt writes a lot at its first start, which nobody is to be blamed for.
  await hostExec(hypervisor, ['systemctl', 'is-system-running', '--wait']);
  await hostExec(hypervisor, ['virsh', 'list']);
  await hostExec(hypervisor, ['sh', '-c', 'mkdir /srv/qa-old; echo old >/srv/qa-old/file']);
  project = await Project.create();
  site = await project.writePlaybook('site.yml', playbook);
  await project.writePlaybook('motto.sh.ejs', '#!/bin/sh\nprintf %s <%= motto %>\n');
});

afterAll(() => project.remove());

function run(...options: readonly string[]) {
  return project.provision(site, '-i', project.inventory, '--output', 'ndjson', ...options);
}

test('check mode tells of every change and writes nothing', async () => {
  const before = await upperFiles(hypervisor);
  const state = await hypervisorState();
  const found = await run('--check', '--diff');
  expect(ended(found, 'failed', 'unreachable')).toEqual([]);
  expect(found.exit).toBe(0);
  expect(tallies(found)[hypervisor]?.changed).toBeGreaterThan(10);
  expect(found.stdout).not.toContain(hash);
  expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
  expect(await hypervisorState()).toBe(state);
});

test('each module makes it so', async () => {
  const found = await run('--diff');
  expect(ended(found, 'failed', 'unknown', 'unreachable')).toEqual([]);
  const script = `
    /srv/qa/link; echo
    cmp /srv/qa/motto.sh /srv/qa/told && cmp /srv/qa/served /srv/qa/copy && ls /srv/qa/by-one /srv/qa/by-two
    stat -c '%a %U' /srv/qa/deep /home/qa/own /home/qa/.ssh/authorized_keys
    test -e /srv/qa-old || echo gone
    systemctl is-active qa-web; systemctl is-enabled qa-web; grep -c example /etc/hosts; iptables -S INPUT`;
  expect((await hostExec(hypervisor, ['sh', '-c', script])).stdout.trim().split('\n')).toEqual([
    'it\'s "quoted" \\ and $HOME',
    '/srv/qa/by-one',
    '/srv/qa/by-two',
    '750 root',
    '600 qa',
    '600 qa',
    'gone',
    'active',
    'enabled',
    '1',
    '-P INPUT ACCEPT',
    '-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 8099 -m comment --comment "qa: nobody\\\'s <business>" -j DROP',
  ]);
});

test('a second run changes nothing', async () => {
  const before = await upperFiles(hypervisor);
  const found = await run();
  expect(ended(found, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
  expect(tallies(found)[hypervisor]).toMatchObject({ changed: 0, failed: 0 });
  expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
});

test('what somebody changed by hand is put right, and nothing else', async () => {
  const spoil =
    'rm /srv/qa/by-two; chmod 700 /srv/qa/deep; systemctl stop qa-web; iptables -F INPUT; echo x >>/srv/qa/copy';
  await hostExec(hypervisor, ['sh', '-c', spoil]);
  const found = await run();
  expect(ended(found, 'failed', 'unknown', 'unreachable')).toEqual([]);
  const changed = found.events.filter((event) => event.event === 'task.end' && event.status === 'changed');
  expect(new Set(changed.map((event) => event.module))).toEqual(
    new Set(['file.directory', 'systemd.service', 'http.download', 'iptables.rule', 'shell.command']),
  );
});
