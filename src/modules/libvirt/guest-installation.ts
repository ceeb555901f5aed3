import { problem } from '../../core/diagnostic.ts';
import type { Output, Seconds, Step } from '../../core/plan.ts';
import { lateProblem } from '../../installer/installation-problems.ts';
import type { End } from '../../installer/past-installation.ts';
import { type Power, watchInstallation } from '../../installer/watch-installation.ts';
import { describeBytes } from './capacity.ts';
import { checkProof } from './domain-proof.ts';
import { autostartSteps, defineDomain, startDomain } from './domain-steps.ts';
import { awaitFirstBoot } from './guest-boot.ts';
import { checkImage, createFromImage, fillFromImage } from './guest-image.ts';
import type { GuestIntent } from './guest-intent.ts';
import { powerOff, shutDown } from './guest-power.ts';
import { type GuestRecord, withRecord } from './guest-record.ts';
import { ownSeed, provideSeed, removeSeed } from './guest-seed.ts';
import type { GuestState } from './guest-state.ts';
import { runVirsh, virsh } from './virsh.ts';
import {
  adjustVolume,
  createVolume,
  describeVolume,
  noticeStep,
  type VolumeState,
  type WantedVolume,
} from './volume-state.ts';
import { textAt } from './xml.ts';

/** Why an installation begins, where its volume already holds data that may go. */
export interface Again {
  readonly reason: string;
}

/** From nothing, or over what is there when `again` says that it may go, to a guest that answers. */
export function beginInstallation(intent: GuestIntent, state: GuestState, again?: Again): readonly Step[] {
  checkProof(intent.install, state.proofs?.install);
  checkProof(intent.installed, state.proofs?.installed);
  if (intent.image) checkImage(intent.image, state.installation?.image ?? 'missing', intent.volume);
  const record = newRecord(intent, state);
  const running = state.domain !== undefined && state.domain.state !== 'shut off';
  const steps = [
    ...(running ? [powerOff(intent.name)] : []),
    // An old log beside the new definition would pass for this installation's.
    ...(state.installation?.log === undefined ? [] : [removeLog(intent)]),
    // What libvirt refuses, it refuses before there is a disk or a seed.
    ...defineDomain(intent.name, {
      title: `define ${intent.name} for its installer`,
      xml: withRecord(intent.install, record),
    }),
    ...volumeSteps(intent, state, again),
    ...provideSeed(intent),
    startDomain(intent.name, `start the installer of ${intent.name}`),
    ...followInstallation(intent, record, { autostart: state.domain?.autostart ?? false, age: 0 }),
  ];
  const asked = {
    confirm: question(intent, state, again),
    ...(state.installation?.holdsData && { typed: intent.name }),
  };
  return steps.map((step, at) => (at === 0 ? { ...step, ...asked } : step));
}

/** What is there of an installation that is followed from here on. */
export interface Underway {
  readonly autostart: boolean;
  /** How long ago it began. */
  readonly age: Seconds;
}

/** From a running installer to a guest that answers. */
export function followInstallation(intent: GuestIntent, record: GuestRecord, underway: Underway): readonly Step[] {
  const { name, installed, definition } = intent;
  const after: GuestRecord = { ...record, phase: 'installed', definition };
  return [
    followLog(intent, record, underway.age),
    ...(intent.image ? shutDown(name, intent.args) : []),
    powerOff(name),
    ...defineDomain(name, {
      title: `define ${name} as installed, in the place of its installer`,
      xml: withRecord(installed, after),
    }),
    startDomain(name, `start ${name} from its disk`),
    ...awaitFirstBoot(intent),
    removeSeed(intent),
    ...autostartSteps(name, intent.args.autostart, underway.autostart),
  ];
}

function newRecord(intent: GuestIntent, state: GuestState): GuestRecord {
  const { name, inputs, definition } = intent;
  const seed = ownSeed(intent);
  return {
    ...{ guest: name, phase: 'installing', inputs, definition, volume: 'new', began: state.installation?.now ?? '' },
    ...(seed !== undefined && { seed }),
  };
}

function question({ name, volume }: GuestIntent, state: GuestState, again: Again | undefined): string {
  const where = `volume ${describeVolume(volume)} (${describeBytes(volume.capacity)})`;
  if (!state.installation?.holdsData) return `install guest ${name} on ${where}?`;
  return `install guest ${name} on ${where}, and lose all that is on it (${again?.reason})?`;
}

function volumeSteps(intent: GuestIntent, state: GuestState, again: Again | undefined): readonly Step[] {
  const { volume, image, name } = intent;
  const create = image ? createFromImage(volume, image) : [createVolume(volume)];
  if (!state.volume) return create;
  // One that holds nothing and is in another form was being made for this installation when that was cut off.
  const halfMade = again !== undefined && state.volume.format !== volume.format;
  if (!state.installation?.holdsData && !halfMade) {
    const fill = image ? fillFromImage(volume, image, state.volume) : [];
    if (fill) return [...adjustVolume(volume, state.volume), ...fill];
    return [...deleteVolume(volume, state.volume, 'it is empty, and not made of the image'), ...create];
  }
  if (again) return [...deleteVolume(volume, state.volume, again.reason), ...create];
  throw problem('PV5308', `there is no domain ${name}, but its volume ${describeVolume(volume)} holds data`, {
    argument: ['disk'],
    help:
      `if a \`provision move\` was bringing ${name} here, give that command again, and nothing else; if it is the disk of ` +
      `${name}: --adopt ${name}; to keep the data of another, move ${state.volume.path} to another name; to give it up and ` +
      `install anew: --reinstall ${name} (both ask first)`,
  });
}

function deleteVolume(volume: WantedVolume, current: VolumeState, why: string): readonly Step[] {
  const title = `delete volume ${describeVolume(volume)}: ${why}`;
  const remove: Step = { title, effect: runVirsh('vol-delete', volume.name, '--pool', volume.pool) };
  return [...(current.listed ? [] : [noticeStep(volume)]), remove];
}

function removeLog({ log }: GuestIntent): Step {
  return { title: `remove ${log} of an earlier installation`, effect: { kind: 'run', argv: ['rm', '-f', log] } };
}

function followLog(intent: GuestIntent, { began }: GuestRecord, age: Seconds): Step {
  const { name, args, log } = intent;
  return {
    title: `follow the installation of ${name} on ${log}`,
    counts: false,
    effect: {
      kind: 'follow',
      log,
      query: virsh('domstate', name, '--reason'),
      every: 2,
      within: args.timeout,
      pinFor: name,
      keep: { name, began, kind: kindOf(intent) },
      judge: watchInstallation({ guest: name, end: endOf(intent), stall: args.stall, age, power: powerOf }),
      late: () => lateProblem(name, args.timeout),
    },
  };
}

/** Installations that take about as long: the same installer on machines of the same size. */
function kindOf({ install, image }: GuestIntent): string {
  const memory = `${textAt(install, 'memory')}${textAt(install, 'memory/@unit') ?? 'KiB'}`;
  const source = (image?.path ?? textAt(install, 'os/kernel'))?.split('/').at(-1) ?? 'disk';
  const words = [textAt(install, '@type'), source, `${textAt(install, 'vcpu') ?? 1} vcpu`, memory];
  return words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}

/** A system of an image runs on after its first boot, and may be shut down before that is through. */
export function endOf({ done, image }: GuestIntent): End {
  return { marker: done, markerAlone: image !== undefined };
}

/** Whether a machine is on, by `virsh domstate --reason`: `paused (I/O error)`. */
export function powerOf({ exit, stdout, stderr }: Output): Power {
  // libvirtd may be away for a moment: that says nothing about the machine.
  if (exit !== 0) return { kind: /failed to get domain/.test(stderr) ? 'gone' : 'on' };
  const [, state = '', reason = ''] = /^(.*?)(?: \((.*)\))?$/.exec(stdout.trim()) ?? [];
  if (state === 'paused') return { kind: 'paused', reason };
  return state === 'shut off' || state === 'crashed' ? { kind: 'off', reason } : { kind: 'on' };
}
