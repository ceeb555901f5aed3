import { mkdir, writeFile } from 'node:fs/promises';
import { execute } from '../../src/lab/execute.ts';
import type { ControlGroup } from './control-group.ts';
import type { RigHost } from './names.ts';
import { sshdConfigFile } from './ssh-files.ts';

// A host has its own /root, /etc and /usr/local/sbin, and its own /run and /tmp, where programs keep locks and sockets.
const start = `mount --bind "$1" /root && mount --bind "$4/etc" /etc && mount --bind "$4/sbin" /usr/local/sbin &&
mount -t tmpfs none /run && mount -t tmpfs none /tmp && mkdir /run/sshd &&
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  /usr/sbin/sshd -f "$2" -E "$3"`;

/** There is no service manager: systemctl changes files only. */
const systemctl = '#!/bin/sh\nSYSTEMD_OFFLINE=1 exec /usr/bin/systemctl "$@"\n';

/** Starts the SSH server of a host; it listens when this comes back. */
export async function startHost(host: RigHost, group: ControlGroup): Promise<void> {
  await mkdir(host.home, { recursive: true, mode: 0o700 });
  await mkdir(host.folder, { recursive: true });
  const inside = ['ip', 'netns', 'exec', host.namespace, 'sh', '-c', start, 'sh'];
  await mkdir(`${host.own}/sbin`, { recursive: true });
  await writeFile(`${host.own}/sbin/systemctl`, systemctl, { mode: 0o755 });
  await execute(['cp', '-a', '/etc', host.own]);
  await execute([...group.words(), ...inside, host.home, sshdConfigFile, host.log, host.own]);
}
