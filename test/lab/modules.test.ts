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
    - name: by the controller, which alone is given the password
      http.download: { url: "<%= installer_url.replace('://', '://me:word@') %>/SHA256SUMS", path: /srv/qa/sums }
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
  expect(found.stderr).toBe('');
  const script = `
    /srv/qa/link; echo
    cmp /srv/qa/motto.sh /srv/qa/told && cmp /srv/qa/served /srv/qa/copy && ls /srv/qa/by-one /srv/qa/by-two
    grep -c linux /srv/qa/sums
    stat -c '%a %U' /srv/qa/deep /home/qa/own /home/qa/.ssh/authorized_keys
    test -e /srv/qa-old || echo gone
    systemctl is-active qa-web; systemctl is-enabled qa-web; grep -c example /etc/hosts; iptables -S INPUT`;
  expect((await hostExec(hypervisor, ['sh', '-c', script])).stdout.trim().split('\n')).toEqual([
    'it\'s "quoted" \\ and $HOME',
    '/srv/qa/by-one',
    '/srv/qa/by-two',
    '1',
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

/** An image, and one that somebody put into the folder of a pool: 1 MiB of each is no zeros. */
const images = `
  mkdir -p /srv/pool && cd /srv
  qemu-img create -q -f qcow2 image.qcow2 8M
  qemu-io -c 'write -P 0x5a 0 1M' image.qcow2 >/dev/null
  cp image.qcow2 pool/brought.qcow2
  sha256sum <image.qcow2 | cut -d ' ' -f 1`;

const volumes = (sum: string, capacity: string): string => `
- hosts: ${hypervisor}
  tasks:
    - libvirt.pool: { name: qa, path: /srv/pool }
    - name: copy
      libvirt.volume:
        { pool: qa, name: copy.qcow2, capacity: ${capacity}, from: { path: /srv/image.qcow2, checksum: "sha256:${sum}" } }
    - name: clone
      libvirt.volume: { pool: qa, name: clone.img, format: raw, capacity: 16M, from: { volume: copy.qcow2 } }
    - name: brought
      libvirt.volume: { pool: qa, name: brought.qcow2, capacity: 8M }
`;

test('volumes are made of images with the right checksum, noticed and grown, and keep what is in them', async () => {
  const sum = (await hostExec(hypervisor, ['sh', '-c', images])).stdout.trim();
  const made = async (checksum: string, capacity: string): Promise<readonly string[]> => {
    const path = await project.writePlaybook('volumes.yml', volumes(checksum, capacity));
    const found = await project.provision(path, '-i', project.inventory, '--output', 'ndjson');
    return ended(found, 'changed', 'failed', 'unknown', 'unreachable').map((line) => line.slice(hypervisor.length + 2));
  };
  const listing = ['sh', '-c', 'cd /srv/pool && ls -A && virsh vol-list qa | grep -c /srv/pool'];
  expect(await made('0'.repeat(64), '16M')).toEqual([
    expect.stringMatching('pool'),
    expect.stringMatching(`copy: .*the SHA-256 of /srv/image.qcow2 is ${sum}, not 0000`),
  ]);
  expect((await hostExec(hypervisor, listing)).stdout).toBe('brought.qcow2\n1\n');
  expect((await made(sum, '16M')).join()).toMatch(/^copy: .*,clone: .*$/);
  expect((await hostExec(hypervisor, listing)).stdout).toBe('brought.qcow2\nclone.img\ncopy.qcow2\n3\n');
  expect(await made(sum, '16M')).toEqual([]);
  expect((await made(sum, '32M')).join()).toMatch(/^copy: /);
  expect((await made(sum, '16M')).join()).toContain('PV5303');
  const contents = `cd /srv/pool
    for f in copy.qcow2 clone.img brought.qcow2; do qemu-img compare -q ../image.qcow2 $f; echo $? $f; done
    virsh vol-info copy.qcow2 --pool qa | grep Capacity`;
  const { stdout } = await hostExec(hypervisor, ['sh', '-c', contents]);
  expect(stdout).toMatch(/^0 copy.qcow2\n0 clone.img\n0 brought.qcow2\nCapacity: +32.00 MiB\n$/);
});
