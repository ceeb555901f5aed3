import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopHost } from '../../src/lab/host.ts';
import { up } from '../../src/lab/lab.ts';
import { hostNames, labNames } from '../../src/lab/names.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, testLab } from '../support/lab.ts';
import type { Bench } from './bench.ts';

const host = hostNames(labNames(testLab.name), testLab.subnet, 1);

/** Runs a script on the hypervisor: $1 is the guest, $2 its address, $3 its port. */
async function onHost({ victim }: Bench, script: string): Promise<string> {
  const words = ['sh', '-ec', script, 'sh', victim.name, victim.ip, String(victim.port)];
  const { exit, stdout, stderr } = await hostExec(hypervisor, words);
  if (exit !== 0) throw new Error(`${script}: exit ${exit}: ${stderr}`);
  return stdout.trim();
}

const script =
  (text: string) =>
  async (bench: Bench): Promise<void> =>
    void (await onHost(bench, text));

function here(...argv: readonly string[]): Promise<void> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: 'inherit' });
    child.on('exit', (exit) => (exit === 0 ? resolve() : reject(new Error(`${argv.join(' ')}: exit ${exit}`))));
  });
}

const cable = (state: 'up' | 'down') => here('ip', 'link', 'set', host.cable, state);

async function cut(bench: Bench, seconds: number): Promise<void> {
  await cable('down');
  bench.causedAt = Date.now();
  await sleep(seconds * 1000);
  await cable('up');
}

const mounted = '/data/vms';

/** Deeds of faults.yaml, by their words. */
export const actions = {
  'kill the controller': async (bench) => void bench.running?.kill('SIGKILL'),
  'interrupt the controller': async (bench) => void bench.running?.kill('SIGINT'),
  'wait until the machine is off': script(
    'n=0; while [ "$(virsh domstate "$1")" = running ]; do n=$((n + 1)); [ $n -lt 120 ]; sleep 1; done',
  ),
  'leave a file of no length for the volume': script(`rm -f ${mounted}/$1.qcow2; : >${mounted}/$1.qcow2`),

  'cut the link': () => cable('down'),
  'cut the link for 5 s': (bench) => cut(bench, 5),
  'cut the link for 60 s': (bench) => cut(bench, 60),
  'mend the link': () => cable('up'),

  'restart libvirtd': script('systemctl restart libvirtd'),
  'kill QEMU': script('kill -9 "$(cat "/run/libvirt/qemu/$1.pid")"'),
  'power off the machine': script('virsh destroy "$1"'),
  'resume the machine': script('virsh resume "$1"'),
  'undefine the domain': script('virsh undefine "$1"'),
  'reboot the host': async () => {
    await stopHost(host);
    await up({ ...testLab, report: () => undefined });
  },
  'mount a disk of 64k for volumes': script(`mount -t tmpfs -o size=64k full ${mounted}`),
  'mount a disk of 16M for volumes': script(`mount -t tmpfs -o size=16M full ${mounted}`),
  'grow the disk for volumes': script(`mount -o remount,size=600M ${mounted}`),
  'unmount the disk for volumes': script(`virsh destroy "$1"; umount ${mounted}; virsh pool-refresh vms`),

  'hide the seeds': script('iptables -I INPUT -p tcp --dport 2015 -j REJECT'),
  'show the seeds': script('iptables -D INPUT -p tcp --dport 2015 -j REJECT'),
  'spoil the checksum': (bench) =>
    bench.project.edit([[['all', 'vars', 'installer_checksums'], `sha256:${'0'.repeat(64)}`]]),

  'listen on the port': script('systemd-run --quiet --unit=taken nc -lk "$3"'),
  'stop listening on the port': script('systemctl stop taken'),
  'give the address to the host': script('ip address add "$2/32" dev lo'),
  'take the address from the host': script('ip address del "$2/32" dev lo'),
  'define a domain of others': script(
    'echo "<domain type=\'qemu\'><name>$1</name><memory>1024</memory><os><type>hvm</type></os></domain>" | virsh define /dev/stdin',
  ),
  'make a volume with data': script(
    `qemu-img create -q -f qcow2 ${mounted}/$1.qcow2 256M; qemu-io -c "write 0 1M" ${mounted}/$1.qcow2; virsh pool-refresh vms`,
  ),
  'move the volume away': script(`mv ${mounted}/$1.qcow2 ${mounted}/kept-$1.qcow2; virsh pool-refresh vms`),
  'start a second run': (bench) => bench.refusedBeside(),
} as const satisfies Readonly<Record<string, (bench: Bench) => Promise<void>>>;

export type Action = keyof typeof actions;

export async function carryOut(list: readonly Action[] | undefined, bench: Bench): Promise<void> {
  for (const action of list ?? []) {
    const deed: ((bench: Bench) => Promise<void>) | undefined = actions[action];
    if (!deed) throw new Error(`nobody knows how to “${action}”`);
    await deed(bench);
  }
}
