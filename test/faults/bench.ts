import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ended, type Finished, type PrintedEvent, type Project } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec } from '../support/lab.ts';
import { type Action, carryOut } from './actions.ts';
import { type Fault, victimOf } from './fault.ts';

interface Ended extends Finished {
  /** Milliseconds since the epoch when the task of the guest ended, or else the run. */
  readonly at: number;
}

/** Where a fault is tried: the project, the guest that it happens to, and the run that is under way. */
export class Bench {
  readonly project: Project;
  readonly fault: Fault;
  readonly victim: ReturnType<typeof victimOf>;
  running: ChildProcess | undefined;
  /** When the cause was there. */
  causedAt: number | undefined;

  constructor(project: Project, fault: Fault) {
    this.project = project;
    this.fault = fault;
    this.victim = victimOf(fault);
  }

  /** Puts the guest into the inventory, with the mishap that its installer is to meet. */
  async name(): Promise<void> {
    const { name, ip, port } = this.victim;
    const { mishap } = this.fault;
    const words = `console=ttyS0 auto=true priority=critical url=http://192.168.101.1:2015/preseed-${name}.txt`;
    const mine = mishap ? { installer_arguments: `${words} hostname=${name} mishap=${mishap}` } : {};
    const ssh = { port, user: 'tuna', password: 'a word of no weight' };
    await this.project.edit([
      [['guests', 'hosts', name], { hypervisor, ip, ssh, installer_stall: mishap === 'silence' ? 20 : 300, ...mine }],
    ]);
  }

  /** What a person does before the next run. */
  async repair(checksums: unknown): Promise<void> {
    await this.project.edit([
      [['guests', 'hosts', this.victim.name, 'installer_arguments'], undefined],
      [['all', 'vars', 'installer_checksums'], checksums],
    ]);
    await carryOut(this.fault.repair, this);
  }

  /** Runs the playbook; does what the fault wants as soon as its moment comes. */
  async run(moment?: Fault['when'], deeds?: readonly Action[]): Promise<Ended> {
    const limit = this.fault.whole ? ['-l', `${hypervisor},${this.victim.name}`] : ['-l', this.victim.name];
    const playbook = resolve('playbooks/shared-guest.yml');
    const words = [playbook, '-i', this.project.inventory, '-y', '--output', 'ndjson', ...limit];
    const { child, finished } = this.project.start(words);
    this.running = child;
    let at: number | undefined;
    let doing: Promise<void> | undefined;
    if (!child.stdout) throw new Error('a run without output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as PrintedEvent & { readonly step?: string };
      if (event.host === this.victim.name && event.event === 'task.end' && event.status !== 'ok') at ??= Date.now();
      if (doing || !deeds || !isMoment(event, moment)) return;
      doing = carryOut(deeds, this).then(() => {
        this.causedAt ??= Date.now();
      });
    });
    const result = await finished;
    await doing;
    if (deeds && !doing) throw new Error(`the moment never came: ${JSON.stringify(moment)}\n${result.stdout}`);
    return { ...result, at: at ?? Date.now() };
  }

  /**
   * The next run. What the last command of a killed run still does on the host keeps its lock for a moment, which a person
   * would wait; the lock is promised within 30 seconds.
   */
  async rerun(): Promise<Ended> {
    const since = Date.now();
    for (;;) {
      const result = await this.run();
      const locked = ended(result, 'failed').some((line) => line.includes('PV5040'));
      if (!locked || Date.now() - since > 30_000) return result;
    }
  }

  /** A run beside the one under way is told who holds the host. */
  async refusedBeside(): Promise<void> {
    const words = ['-i', this.project.inventory, '-y', '--output', 'ndjson', '-l', this.victim.name];
    const second = await this.project.provision(resolve('playbooks/shared-guest.yml'), ...words);
    const told = ended(second, 'failed').join();
    if (second.exit !== 2 || !told.includes('PV5040')) throw new Error(`a second run was let in: ${told}`);
  }

  /** When the serial log last grew, by the clock of the host, which is that of this machine. */
  async lastWordAt(): Promise<number | undefined> {
    const { exit, stdout } = await hostExec(hypervisor, ['stat', '-c', '%.Y', `/tmp/${this.victim.name}-serial0.log`]);
    return exit === 0 ? Number(stdout) * 1000 : undefined;
  }

  /** What is on the host for this guest; the names of what should not be. */
  async leftovers(): Promise<readonly string[]> {
    const { name, port } = this.victim;
    const { stdout } = await hostExec(hypervisor, ['sh', '-c', inspect, 'sh', name, String(port)]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Makes room for the next row. */
  async clear(): Promise<void> {
    await hostExec(hypervisor, ['sh', '-c', clear, 'sh', this.victim.name]);
  }
}

function isMoment(event: PrintedEvent & { readonly step?: string }, when: Fault['when']): boolean {
  if (when?.step !== undefined) return event.event === 'step.start' && event.step?.includes(when.step) === true;
  return event.event === 'progress' && event.phase === when?.phase;
}

/** $1 guest, $2 port of the host; a line for each thing that is not as it should be. */
const inspect = `
[ "$(virsh list --all --name | grep -cx "$1")" = 1 ] || echo "domains: $(virsh list --all --name | grep "$1")"
[ "$(virsh domstate "$1")" = running ] || echo "domain is $(virsh domstate "$1")"
virsh dumpxml --inactive "$1" | grep -q "<kernel>" && echo "domain still starts its installer"
[ "$(virsh vol-list vms | grep -c " $1.qcow2 ")" = 1 ] || echo "volumes: $(virsh vol-list vms | grep "$1")"
ls /data/vms /data/iso | grep -e "$1" | grep -vx -e "$1.qcow2" -e "kept-$1.qcow2" | sed "s/^/file /"
find /run/provision/seeds 2>/dev/null | sed "s/^/seed /"
systemctl list-units --all --no-legend "provision-seed*" | sed "s/^/unit /"
ls /run/provision/lock >/dev/null 2>&1 && sleep 2 && ls -d /run/provision/lock/* 2>/dev/null | sed "s/^/lock /"
iptables-save | grep -e "--dport $2 " | sort | uniq -d | sed "s/^/rule twice: /"
true`;

/** A row that failed may have left anything of its guest: the next one is not to stumble over it. */
const clear = `
virsh destroy "$1"; virsh undefine "$1"; rm -f /data/vms/*"$1.qcow2" "/tmp/$1-serial0.log"; virsh pool-refresh vms
systemctl stop "provision-seed-*.socket"; rm -rf /run/provision/seeds /run/systemd/system/provision-seed-*`;
