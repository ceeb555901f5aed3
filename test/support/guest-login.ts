import { Secrets } from '../../src/core/secret.ts';
import { connect } from '../../src/transport/connect.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';
import type { Project } from './cli.ts';
import { hostExec, labHost } from './lab.ts';

export const hypervisor = 'hypervisor1';

export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** How the inventory says that a guest is logged in to, in whatever group it is. */
export async function loginOf(project: Project, guest: string): Promise<Login> {
  const found = await Promise.all(
    ['guests', 'cloud_guests'].map((group) => project.value([group, 'hosts', guest, 'ssh'])),
  );
  const login = found.find((value) => value !== undefined);
  return (login as { toJSON(): Login }).toJSON();
}

/** Logs in to a guest the way a person does: through the forwarded port, with the key the project pinned. */
export async function inGuest(
  project: Project,
  guest: string,
  argv: readonly string[],
  at = hypervisor,
): Promise<string> {
  const { address } = await labHost(at);
  const knownHosts = new KnownHosts({ project: project.knownHosts, user: [] });
  const settings = { name: guest, kind: 'ssh' as const, host: address, ...(await loginOf(project, guest)) };
  const connection = await connect(settings, { knownHosts, secrets: new Secrets() });
  try {
    return (await (await connection.remote()).query(argv)).stdout.trim();
  } finally {
    await connection.close();
  }
}

/** What a run could leave on a hypervisor besides files: definitions, units, and rules without their counters. */
export async function hypervisorState(): Promise<string> {
  const script =
    'virsh list --all; virsh net-list --all; virsh pool-list --all; iptables-save | sed "s/^#.*//; s/\\[.*//"; ' +
    'systemctl list-units --all --no-legend "provision*"';
  return (await hostExec(hypervisor, ['sh', '-c', script])).stdout;
}

/** Process ids of the emulators, by guest. */
export async function emulators(): Promise<Readonly<Record<string, string>>> {
  const script = 'for f in /run/libvirt/qemu/*.pid; do echo "$(basename "$f" .pid) $(cat "$f")"; done';
  const { stdout } = await hostExec(hypervisor, ['sh', '-c', script]);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
}
