import type { GuestStatus, HypervisorStatus } from '../core/guest-status.ts';
import { createPaint, type Paint } from './style.ts';
import { countOf } from './task-text.ts';
import { stripControls } from './terminal-text.ts';

const titles = ['GUEST', 'PHASE', 'STATE', 'ADDRESS', 'LEASE', 'FORWARDS', 'DISK', 'UP'] as const;

/** A line for each hypervisor, one for each guest below it, and one for whatever is not as it should be. */
export function statusTable(
  hypervisors: readonly HypervisorStatus[],
  { colour }: { readonly colour: boolean },
): string {
  const paint = createPaint(colour);
  const guests = hypervisors.flatMap((one) => one.guests);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...guests.map((guest) => cellsOf(guest)[column]?.length ?? 0)),
  );
  const row = (cells: readonly string[]): string =>
    ` ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const heading = guests.length === 0 ? [] : [paint('dim', row(titles))];
  const blocks = hypervisors.map((hypervisor) =>
    [
      headOf(hypervisor, paint),
      ...driftLines(hypervisor, paint),
      ...hypervisor.guests.flatMap((guest) => [
        paint(inkOf(guest), row(cellsOf(guest))),
        ...guest.notes.map((note) => paint('yellow', `   ${stripControls(note)}`)),
        ...driftLines(guest, paint),
      ]),
    ].join('\n'),
  );
  return `${[...heading, ...blocks].join('\n')}\n`;
}

/** What machines read: one object, the same whether or not a terminal looks on. */
export function statusJson(hypervisors: readonly HypervisorStatus[], indent?: number): string {
  const plain = hypervisors.map(({ failure, ...status }) =>
    failure ? { ...status, failure: { code: failure.code, message: failure.message } } : status,
  );
  return `${JSON.stringify({ v: 1, hypervisors: plain }, undefined, indent)}\n`;
}

function headOf({ name, failure, uptime, libvirt, guests, others }: HypervisorStatus, paint: Paint): string {
  if (failure)
    return `${paint('bold', name)}  ${paint('red', `unreachable: ${stripControls(failure.message)} (${failure.code})`)}`;
  const facts = [
    ...(uptime === undefined ? [] : [`up ${timeText(uptime)}`]),
    libvirt === undefined ? 'no libvirt' : `libvirt ${libvirt}`,
    countOf(guests.length, 'guest'),
    ...(others.length === 0 ? [] : [`${countOf(others.length, 'domain')} of others`]),
  ];
  return `${paint('bold', name)}  ${facts.join(', ')}`;
}

function driftLines({ drift = [] }: { readonly drift?: readonly string[] }, paint: Paint): readonly string[] {
  return drift.map((line) => paint('yellow', `   drift: ${stripControls(line)}`));
}

function cellsOf(guest: GuestStatus): readonly string[] {
  const { name, phase, state = '-', address = '-', forwards, disk, uptime } = guest;
  const [first = '-', ...others] = forwards.map((forward) => forward.replace(/ > .*/, ''));
  return [
    name,
    phase,
    state,
    address,
    leaseText(guest),
    others.length === 0 ? first : `${first} +${others.length}`,
    disk ? `${sizeText(disk.used)}/${sizeText(disk.capacity)}` : '-',
    uptime === undefined ? '-' : timeText(uptime),
  ].map(stripControls);
}

function leaseText({ address, reserved, leased }: GuestStatus): string {
  if (leased !== undefined) return leased === address ? 'yes' : 'other';
  return reserved === undefined ? '-' : 'kept';
}

function inkOf({ phase, state, notes }: GuestStatus): Parameters<Paint>[0] {
  if (phase === 'absent') return 'dim';
  if (phase === 'installing') return 'cyan';
  return state === 'running' && notes.length === 0 ? 'green' : 'yellow';
}

/** `512M`, `1.3G`, `100G`. */
function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['T', 2 ** 40],
    ['G', 2 ** 30],
    ['M', 2 ** 20],
  ] as const) {
    const count = bytes / size;
    if (count >= 1) return `${count >= 10 ? Math.round(count) : Number(count.toFixed(1))}${unit}`;
  }
  return `${Math.ceil(bytes / 2 ** 10)}K`;
}

/** As coarse as one wants it at a glance: `40s`, `12m`, `5h`, `3d`. */
function timeText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
