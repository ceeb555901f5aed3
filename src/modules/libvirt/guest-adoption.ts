import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { awaitSsh } from './guest-boot.ts';
import type { GuestIntent } from './guest-intent.ts';
import type { GuestRecord } from './guest-record.ts';
import type { GuestState } from './guest-state.ts';
import { describeVolume } from './volume-state.ts';

/** The record of a guest that was not installed by provision. */
export function adoptedRecord({ name, inputs, definition }: GuestIntent, state: GuestState): GuestRecord {
  return { guest: name, phase: 'installed', inputs, definition, volume: 'kept', began: state.installation?.now ?? '' };
}

/**
 * Makes sure that there is a system to adopt, asks, and waits for its first answer: its host keys are pinned then, unless
 * the project already knows others.
 */
export function adopting(intent: GuestIntent, state: GuestState, steps: readonly Step[]): readonly Step[] {
  const { name, volume } = intent;
  if (!state.installation?.holdsData) {
    throw problem('PV5313', `there is nothing to adopt: volume ${describeVolume(volume)} of ${name} holds no data`, {
      argument: ['disk'],
      help: 'put the disk there first, or leave `adopt` out: then the guest is installed',
    });
  }
  const what = state.domain ? `domain ${name}, which provision did not make,` : `what is on ${describeVolume(volume)}`;
  const confirm = `take ${what} for the installed guest ${name}?`;
  const answer = awaitSsh(intent, { pin: true });
  const all = [...steps.filter(({ title }) => title !== answer.title), answer];
  return all.map((step, at) => (at === 0 ? { ...step, confirm, typed: name } : step));
}
