import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { execute } from '../../src/lab/execute.ts';
import { hostKeyFile, privateKeyFile, type RigHost, sshConfigFile, stateFolder } from './names.ts';

export const sshdConfigFile = `${stateFolder}/sshd_config`;
const knownHostsFile = `${stateFolder}/known_hosts`;

// The server of Debian as it comes, but for PAM, which would want the services of a whole system around it.
const sshdConfig = `HostKey ${hostKeyFile}
AuthorizedKeysFile ${privateKeyFile}.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
LogLevel VERBOSE
Subsystem sftp /usr/lib/openssh/sftp-server
`;

const sshConfig = `Host *
  User root
  IdentityFile ${privateKeyFile}
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHostsFile}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  LogLevel ERROR
`;

/** Keys, and the files by which OpenSSH on both sides knows them. All hosts show the same key. */
export async function writeSshFiles(hosts: readonly RigHost[]): Promise<void> {
  await mkdir(`${stateFolder}/keys`, { recursive: true });
  for (const file of [privateKeyFile, hostKeyFile])
    await execute(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'provision-bench', '-f', file]);
  await chmod(stateFolder, 0o755);
  const key = await hostKey();
  await writeFile(knownHostsFile, hosts.map(({ address }) => `${address} ${key}\n`).join(''));
  await writeFile(sshdConfigFile, sshdConfig);
  await writeFile(sshConfigFile, sshConfig);
}

/** The public key of the hosts, as in known_hosts. */
export async function hostKey(): Promise<string> {
  const text = await readFile(`${hostKeyFile}.pub`, 'utf8');
  return text.split(' ').slice(0, 2).join(' ');
}
