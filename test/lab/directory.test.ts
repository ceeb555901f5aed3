import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, labHost, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';
import { connectTo } from '../support/transport.ts';

/** A Debian with apt, which the mini guest has not: a lab host that the inventory calls a guest. */
const host = 'hypervisor2';

const directory = `
set -e
export DEBIAN_FRONTEND=noninteractive
debconf-set-selections <<'ANSWERS'
slapd slapd/password1 password adminword
slapd slapd/password2 password adminword
slapd slapd/domain string example.org
slapd shared/organization string example
ANSWERS
apt-get -qq update
apt-get -qq install --no-install-recommends slapd ldap-utils >/dev/null
ldapadd -x -D cn=admin,dc=example,dc=org -w adminword <<'ENTRIES'
dn: uid=mallory,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: posixAccount
cn: Mallory
sn: Mallory
uid: mallory
uidNumber: 20001
gidNumber: 100
homeDirectory: /home/mallory
loginShell: /bin/bash
userPassword: directoryword
ENTRIES
`;

const admin = 'cn=admin,dc=example,dc=org';
let project: Project;
let run: (...options: readonly string[]) => Promise<Finished>;

beforeAll(async () => {
  await Promise.all([resetHost(hypervisor), resetHost(host)]);
  const made = await hostExec(hypervisor, ['bash', '-c', directory]);
  expect(made.exit, made.stderr).toBe(0);
  project = await Project.create();
  const { ssh } = ((await project.value(['hypervisors', 'hosts', host])) as { toJSON(): { ssh: object } }).toJSON();
  await project.edit([
    [['hypervisors', 'hosts', host], undefined],
    [['guests', 'hosts', 'colleague'], { hypervisor, ip: '192.168.101.150', ssh }],
  ]);
  const uri = `ldap://${(await labHost(hypervisor)).address}`;
  const ldap = { uri, base: 'dc=example,dc=org', bind_dn: admin, bind_password: 'adminword', tls_reqcert: 'never' };
  const words = ['-l', 'colleague', '-t', 'ldap', '-e', JSON.stringify({ ldap })];
  run = (...options) => project.run(...words, ...options);
});

afterAll(async () => {
  await project.remove();
  await resetHost(host);
});

test('check mode tells what directory logins would change, and writes nothing', async () => {
  const before = await upperFiles(host);
  const checked = await run('--check', '--diff');
  expect(ended(checked, 'failed', 'unreachable')).toEqual([]);
  expect(tallies(checked).colleague).toMatchObject({ changed: 4, unknown: 2 });
  expect(checked.stdout).not.toContain('adminword');
  expect(writtenBetween(before, await upperFiles(host))).toEqual([]);
});

test('somebody whom only the directory knows logs in, with a home folder', async () => {
  const made = await run();
  expect(ended(made, 'failed', 'unreachable', 'unknown')).toEqual([]);
  const { address } = await labHost(host);
  const hostKey = await hostExec(host, ['cut', '-d ', '-f1,2', '/etc/ssh/ssh_host_ed25519_key.pub']);
  const settings = { name: 'colleague', kind: 'ssh', host: address, port: 22, hostKey: hostKey.stdout.trim() } as const;
  const connection = await connectTo({ ...settings, user: 'mallory', password: 'directoryword' });
  const { stdout } = await (await connection.remote()).query(['sh', '-c', 'id -un; stat -c %U "$HOME"']);
  await connection.close();
  expect(stdout).toBe('mallory\nmallory\n');
});

test('a second run changes nothing', async () => {
  const again = await run();
  expect(ended(again, 'changed', 'failed', 'unreachable', 'unknown')).toEqual([]);
});
