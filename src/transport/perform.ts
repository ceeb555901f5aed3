import type { Chain, Effect, Elsewhere, FreshLogin, Keep, Output, Pace, Progress, Remote } from '../core/plan.ts';
import { follow } from './follow.ts';

/** The host keys that the project has pinned; `KnownHosts` is one. */
export interface Pins {
  pinned(name: string): readonly string[];
  pin(name: string, keys: readonly string[]): void;
}

/** What the project keeps of one thing that is followed. */
export interface Transcript {
  /** Where all that its log said can be read. */
  readonly path: string;
  readonly earlier: readonly Pace[];
  add(text: string): void;
  learn(pace: Pace): void;
  close(): void;
}

export interface PerformContext {
  readonly pins: Pins;
  /** Begins a transcript, anew where one of this beginning is there already; left out, none is kept. */
  readonly transcribe?: (keep: Keep) => Transcript;
  /** Stops what is going on; `perform` then throws an AbortError. */
  readonly signal?: AbortSignal;
  readonly fresh: FreshLogin;
  readonly elsewhere: Elsewhere;
  /** What a command or a file is part of. */
  readonly chain?: Chain;
  onProgress(progress: Progress): void;
  onLine(line: string): void;
}

/** Does one thing to a host. The only place where data becomes deeds. */
export async function perform(effect: Effect, remote: Remote, context: PerformContext): Promise<Output | undefined> {
  const { signal, chain, onLine, onProgress } = context;
  const way = { ...(signal && { signal }), ...(chain && { chain }) };
  signal?.throwIfAborted();
  switch (effect.kind) {
    case 'run': {
      const { kind: _kind, argv, ...options } = effect;
      return remote.run(argv, { ...options, ...(options.lasting && { onLine }), ...way });
    }
    case 'write': {
      const { kind: _kind, ...file } = effect;
      await remote.write(file, way);
      return undefined;
    }
    case 'follow':
      return follow(effect, remote, context);
    case 'custom':
      await effect.act(remote, onProgress, {
        ...(signal && { signal }),
        fresh: context.fresh,
        elsewhere: context.elsewhere,
      });
      return undefined;
    default:
      return effect satisfies never;
  }
}
