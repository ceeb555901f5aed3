import { setTimeout as sleep } from 'node:timers/promises';
import { type Frame, hasStopped, raise } from './frame.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { Voice } from './voice.ts';

/** How a block loops on a host. */
export interface Looping {
  readonly host: HostState;
  readonly context: PlayContext;
  /** Around the block. */
  readonly frame: Frame;
  /** Seconds. */
  readonly pause: number;
  /** How many passes at once. */
  readonly parallel: number;
}

type Walk = (host: HostState, context: PlayContext, pass: Frame) => Promise<void>;

/** One pass: what it registers and how it fails is its own until all have ended, and it is told when those before are. */
interface Pass {
  readonly frame: Frame;
  readonly host: HostState;
  readonly voice: Voice;
}

/** As many passes at once as the loop allows; after one that stops the host no other is begun. */
export async function runSideBySide(frames: readonly Frame[], looping: Looping, walk: Walk): Promise<void> {
  const { parallel, context, frame: around } = looping;
  const rescues = around.catcher?.rescues ?? false;
  const passes = frames.map((frame) => passOf({ ...frame, catcher: { rescues } }, looping));
  const begin = eachInTurn(passes, looping, (pass) =>
    walk(pass.host, { ...context, emit: pass.voice.emit }, pass.frame),
  );
  const ends = await Promise.allSettled(Array.from({ length: Math.min(parallel, passes.length) }, begin));
  for (const { voice } of passes) voice.open();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  putTogether(passes, looping);
}

function passOf(frame: Frame, { host, context }: Looping): Pass {
  const data = Object.defineProperties({}, Object.getOwnPropertyDescriptors(host.data));
  return { frame, host: { ...host, data }, voice: new Voice(context.emit) };
}

/** What takes up one pass after another, beside others that do the same. */
function eachInTurn(passes: readonly Pass[], { pause, context }: Looping, run: (pass: Pass) => Promise<void>) {
  const ended = new Set<Pass>();
  let next = 0;
  const stopped = (): boolean => context.control.halted || passes.some(({ host }) => hasStopped(host));
  return async (): Promise<void> => {
    for (let pass = passes[next]; pass && !stopped(); pass = passes[next]) {
      next += 1;
      context.signal.throwIfAborted();
      if (pause > 0 && next > 1) await sleep(pause * 1000, undefined, { signal: context.signal });
      tell(passes, ended);
      await run(pass);
      ended.add(pass);
      tell(passes, ended);
    }
  };
}

/** All that have ended, up to the first that has not, which from then on is told as it goes. */
function tell(passes: readonly Pass[], ended: ReadonlySet<Pass>): void {
  const first = passes.findIndex((pass) => !ended.has(pass));
  for (const { voice } of first < 0 ? passes : passes.slice(0, first + 1)) voice.open();
}

/** What the passes leave the host with, as if they had run one after another: the last word counts, the first failure. */
function putTogether(passes: readonly Pass[], { host, context, frame }: Looping): void {
  const before = Object.getOwnPropertyDescriptors(host.data);
  for (const pass of passes) {
    for (const [name, found] of Object.entries(Object.getOwnPropertyDescriptors(pass.host.data))) {
      if (found.value !== before[name]?.value) Object.defineProperty(host.data, name, found);
    }
    host.left ||= pass.host.left;
    host.pending ||= pass.host.pending;
    if (pass.host.ended) host.ended = pass.host.ended;
  }
  const failing = passes.find((pass) => pass.host.failing)?.host.failing;
  if (failing && !host.ended) raise(failing, host, frame, context);
}
