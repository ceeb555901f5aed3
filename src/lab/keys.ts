import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execute } from './execute.ts';
import type { HostNames, LabNames } from './names.ts';

/** The key that opens every host of the lab, made once and kept while the lab's name is used. */
export async function labKey(lab: LabNames): Promise<string> {
  const kept = `${lab.identity}/id_ed25519`;
  const publicKey = await keyPair(kept, `provision-lab-${lab.name}`);
  await mkdir(dirname(lab.privateKeyFile), { recursive: true });
  await copyFile(kept, lab.privateKeyFile);
  await chmod(lab.privateKeyFile, 0o600);
  return publicKey;
}

/** The host's own key; a host of the same name shows it again after `lab down` and `lab up`. */
export async function hostKey(host: HostNames): Promise<string> {
  return keyPair(`${host.identity}/ssh_host_ed25519_key`, `root@${host.name}`);
}

async function keyPair(file: string, comment: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(`${file}.pub`))
    await execute(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}
