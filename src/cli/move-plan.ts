import { type Diagnostic, Problems, problem } from '../core/diagnostic.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import type { LookAt, Underway } from '../engine/locate-guest.ts';
import { type Move, refusal } from '../engine/move-comparison.ts';
import { surveyDestination } from '../engine/move-destination.ts';
import { surveyGuest } from '../engine/moving-guest.ts';
import { filesToCopy, type MovePlan, planMove } from '../engine/plan-move.ts';
import { settingsOfHost } from '../engine/settings-of-host.ts';
import { describeBytes } from '../modules/libvirt/capacity.ts';
import { unfinished } from '../modules/libvirt/copy-file.ts';

type Planning = Parameters<typeof settingsOfHost>[1] & { readonly guest: KnownGuest };

/** Looks at both hypervisors; throws all that stands against the move. */
export async function planFor(move: Move, lookAt: LookAt, planning: Planning): Promise<MovePlan> {
  const { guest } = planning;
  const [here, there] = await Promise.all([lookAt(move.from), lookAt(move.to)]);
  const source = await surveyGuest(guest, here);
  if (!source)
    throw problem('PV5318', `${move.from} has no ${move.name}`, { help: '`provision status` shows where it is' });
  const paths = (pools: Parameters<typeof filesToCopy>[1]) =>
    filesToCopy(source, pools).flatMap(({ to }) => [to, unfinished(to)]);
  const destination = await surveyDestination({ guest, source, paths }, there);
  const { plan, refusals } = planMove(move, source, destination);
  const problems = new Problems();
  for (const { code, message, ...details } of [...refusals, ...notRoot(move, planning)])
    problems.add(code, message, details);
  problems.throwIfAny();
  return plan;
}

/** Sockets of a host are those of who logs in, and libvirt's and QEMU's are root's. */
function notRoot({ from, to, live }: Move, planning: Planning): readonly Diagnostic[] {
  if (!live) return [];
  return [from, to].flatMap((host) => {
    const { connection, become } = settingsOfHost(host, planning);
    if (connection.kind === 'local' || (connection.user === 'root' && become === undefined)) return [];
    const message = `a live move logs in as root, and ${host} is logged in to as ${connection.user}`;
    return [refusal('PV5322', message, '--cold moves it, shut down')];
  });
}

/** What would be done, for a person. */
export function planText({ name, from, to, live }: Move, plan: MovePlan, underway: Underway | undefined): string {
  const { differences, files, bytes, forwards } = plan;
  const lines = [
    ...differences.map((line) => `differs: ${line}`),
    ...(live ? ['while it runs, with its memory'] : []),
    ...files.map((file) => `copy ${file.from}${file.from === file.to ? '' : ` to ${file.to}`}`),
    `at most ${describeBytes(bytes)} to copy, for holes are not`,
    ...forwards.map(({ protocol, host_port, to_port }) => `forward ${protocol} port ${host_port} to its ${to_port}`),
    `keep what is on ${from}, off, until \`provision move ${name} --commit\``,
  ];
  return [
    `${name}: from ${from} to ${to}${underway ? ', which has begun' : ''}`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
