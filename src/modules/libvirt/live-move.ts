import { setTimeout as sleep } from 'node:timers/promises';
import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Output, Progress } from '../../core/plan.ts';
import type { CopyEnds, FileCopy } from './copy-file.ts';
import { makeDisks, removeDisks } from './live-disks.ts';
import { openPassage } from './live-passage.ts';
import { withArrival } from './move-mark.ts';
import { withFiles } from './moved-files.ts';
import { standingOn } from './standing.ts';
import { virsh } from './virsh.ts';
import { elementsAt, parseXml, textAt, type Xml } from './xml.ts';

export interface LiveMove {
  readonly name: string;
  readonly from: string;
  /** What it is kept with on the new hypervisor. */
  readonly kept: Xml;
  /** Its disks. */
  readonly files: readonly FileCopy[];
  /** Where it is found on the networks of its hypervisor. */
  readonly address?: string;
  /** Seconds that it may take. */
  readonly within?: number;
}

const everyMs = 1000;

/**
 * Moves a guest that runs. On the new hypervisor it comes paused, and is let go on when the old one has let go of it:
 * so it never runs twice, whenever a connection breaks.
 */
export async function moveLive(move: LiveMove, ends: CopyEnds): Promise<void> {
  const { name, from } = move;
  const { source, target } = ends;
  const [here, there] = await Promise.all([standingOn(source, name), standingOn(target, name)]);
  const came = here === 'gone' && (there === 'paused' || there === 'off');
  const left = here === 'running' && there === 'paused';
  if (!came) {
    if (here !== 'running' || (there !== 'absent' && !left)) throw uncertain(move, { here, there });
    if (left) await discard(move, ends);
    await cross(move, ends);
  }
  ends.progress({ phase: `going on, as it was on ${from}` });
  await target.run(['sh', '-c', goOn, 'sh', name, move.address ?? '']);
}

/**
 * $1 domain, $2 address. What the host still knows of that from an earlier stay would keep it from asking for it anew, and
 * by that question the guest learns that its gateway is another machine now.
 */
const goOn = `case $(virsh -c qemu:///system domstate "$1") in
  paused*) virsh -c qemu:///system resume "$1" || exit ;;
  *) virsh -c qemu:///system start "$1" || exit ;;
esac
[ -z "$2" ] || ip neigh flush to "$2" || true`;

/** Until the old hypervisor has let go of it; whatever goes wrong before, the guest goes on there. */
async function cross(move: LiveMove, ends: CopyEnds): Promise<void> {
  const { name, from, files } = move;
  const { source, target } = ends;
  const { stdout } = await source.query(virsh('dumpxml', '--migratable', '--security-info', name));
  const running = withArrival(withFiles(parseXml(stdout, 'domain'), files), from);
  await makeDisks(move.files, source, target);
  const passage = await openPassage(name, { running, kept: move.kept }, ends);
  const output = await migrate(move, ends, [...passage.options, ...copying(running)]).finally(() => passage.stop());
  if ((await standingOn(source, name)) === 'gone') return;
  await discard(move, ends);
  ends.signal?.throwIfAborted();
  throw failed(move, output, passage.failures);
}

function copying(domain: Xml): readonly string[] {
  const disks = elementsAt(domain, 'devices/disk').filter((disk) => (textAt(disk, '@device') ?? 'disk') === 'disk');
  const targets = disks.map((disk) => textAt(disk, 'target/@dev'));
  return disks.length === 0 ? [] : ['--copy-storage-all', '--migrate-disks', targets.join(',')];
}

/** Of a try that was cut off: the paused domain, and the images made for it. */
async function discard(move: LiveMove, { target }: CopyEnds): Promise<void> {
  const { stdout } = await target.run(['sh', '-c', takeAway, 'sh', move.name]);
  if (stdout.trim() !== 'kept') await removeDisks(move.files, target);
}

/** $1 domain: only while it is paused. While it comes it is not defined, and goes with its machine. */
const takeAway = `known() { virsh -c qemu:///system list --all --name | grep -Fxq -- "$1"; }
known "$1" || exit 0
case $(virsh -c qemu:///system domstate "$1") in paused*) ;; *) echo kept; exit 0 ;; esac
virsh -c qemu:///system destroy "$1" >&2 || ! known "$1" || exit
! known "$1" || virsh -c qemu:///system undefine "$1" --managed-save --nvram >&2 || ! known "$1"`;

async function migrate({ name, within }: LiveMove, ends: CopyEnds, options: readonly string[]): Promise<Output> {
  const { source, progress, signal } = ends;
  const how = ['--live', '--p2p', '--persistent', '--suspend', '--auto-converge', '--abort-on-error'];
  let output: Output | undefined;
  const late = within === undefined ? undefined : AbortSignal.timeout(within * 1000);
  const ended = source
    .run(virsh('migrate', ...how, ...options, name), { called: `moving ${name}`, lasting: true, exits: [0, 1] })
    .then((result) => {
      output = result;
      return result;
    });
  progress({ phase: 'reaching the other hypervisor' });
  while (output === undefined) {
    await Promise.race([ended, sleep(everyMs)]);
    if (output !== undefined) break;
    // Asked for again: before it has really begun there is nothing yet to be stopped.
    if (signal?.aborted || late?.aborted) await source.run(virsh('domjobabort', name), { exits: [0, 1] });
    const told = await source.query(virsh('domjobinfo', name), { exits: [0, 1] });
    const stage = stageOf(told.stdout);
    if (stage) progress(stage);
  }
  return late?.aborted && output.exit !== 0 ? { ...output, stderr: `it took longer than ${within} seconds` } : output;
}

/** What `virsh domjobinfo` says of it; the disks come before the memory. */
export function stageOf(told: string): Progress | undefined {
  for (const [label, phase] of stages) {
    const [total, remaining] = [bytesAt(told, `${label} total`), bytesAt(told, `${label} remaining`)];
    if (!total || remaining === undefined) continue;
    return { phase, percent: Math.floor(100 * (1 - remaining / total)) };
  }
  return undefined;
}

const stages = [
  ['Memory', 'moving its memory'],
  ['File', 'copying its disks'],
] as const;

function bytesAt(told: string, label: string): number | undefined {
  const [, count, unit] = new RegExp(`^${label}: +([0-9.]+) (B|KiB|MiB|GiB|TiB)`, 'm').exec(told) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
}

function failed({ name, from }: LiveMove, { stderr }: Output, failures: readonly Error[]): ProvisionError {
  const why = [stderr.trim().replace(/^error: /, ''), ...failures.map(({ message }) => message)].filter(Boolean);
  return problem('PV5323', `${name} goes on on ${from}: ${why[0] ?? 'libvirt does not say why'}`, {
    help: 'mend that and give the command again; with --cold it is shut down for the move; --rollback gives the move up',
    ...(why.length > 1 && { transcript: why.join('\n') }),
  });
}

interface Standings {
  readonly here: string;
  readonly there: string;
}

function uncertain({ name, from }: LiveMove, { here, there }: Standings): ProvisionError {
  return problem('PV5324', `${name} is ${here} on ${from}, and ${there} where it is moved to`, {
    help:
      'see which of the two has the later state (virsh domstate --reason, the logs in /var/log/libvirt/qemu). The new one: ' +
      `\`virsh resume ${name}\` there, then the same command; the old one: \`provision move ${name} --rollback\``,
  });
}
