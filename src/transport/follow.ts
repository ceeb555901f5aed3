import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds } from '../core/clock.ts';
import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Effect, Output, Remote, Seen } from '../core/plan.ts';
import type { PerformContext, Transcript } from './perform.ts';

type Follow = Extract<Effect, { kind: 'follow' }>;

/** What one look brings at most; a full one means that there is more to read at once. */
const longestLook = 256 * 1024;
const anyExit = Array.from({ length: 256 }, (_, exit) => exit);

/** Looks again and again, log and query together, until the judge has seen enough or the time is over. */
export async function follow(effect: Follow, remote: Remote, context: PerformContext): Promise<Output | undefined> {
  const transcript = effect.keep && context.transcribe?.(effect.keep);
  try {
    return await untilJudged(effect, remote, { ...context, ...(transcript && { transcript }) });
  } finally {
    transcript?.close();
  }
}

interface FollowContext extends PerformContext {
  readonly transcript?: Transcript;
}

async function untilJudged(effect: Follow, remote: Remote, context: FollowContext): Promise<Output | undefined> {
  const { pins, signal, onProgress, transcript } = context;
  const started = milliseconds();
  const elapsed = (): number => (milliseconds() - started) / 1000;
  const judge = effect.judge();
  const log = effect.log === undefined ? undefined : followLog(effect.log, remote);
  for (;;) {
    signal?.throwIfAborted();
    const [news, output] = await Promise.all([log?.(), ask(effect.query, remote)]);
    const pinned = effect.pinFor === undefined ? [] : pins.pinned(effect.pinFor);
    const text = news?.text ?? '';
    transcript?.add(text);
    const earlier = transcript && { earlier: transcript.earlier };
    const seen: Seen = { text, elapsed: elapsed(), pinned, ...earlier, ...(output && { output }) };
    const verdict = judge(seen);
    if (verdict.kind === 'failed') throw failed(verdict.diagnostic, transcript);
    if (verdict.kind === 'done') {
      if (verdict.pace) transcript?.learn(verdict.pace);
      if (effect.pinFor !== undefined && verdict.hostKeys) pins.pin(effect.pinFor, verdict.hostKeys);
      return output;
    }
    if (verdict.progress) onProgress(verdict.progress);
    if (elapsed() > effect.within) throw failed(effect.late(), transcript);
    if (!news?.more) await sleep(effect.every * 1000, undefined, { ...(signal && { signal }) });
  }
}

function failed(diagnostic: Diagnostic, transcript: Transcript | undefined): ProvisionError {
  if (!transcript) return new ProvisionError(diagnostic);
  const kept = `all it said: ${transcript.path}`;
  return new ProvisionError({ ...diagnostic, help: diagnostic.help ? `${diagnostic.help}; ${kept}` : kept });
}

function ask(argv: readonly string[] | undefined, remote: Remote): Promise<Output> | undefined {
  return argv && remote.query(argv, { exits: anyExit });
}

/** Letters that are cut in two by a look are put together again; a log that begins anew is read anew. */
function followLog(path: string, remote: Remote): () => Promise<{ readonly text: string; readonly more: boolean }> {
  let offset = 0;
  let decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return async () => {
    const bytes = await remote.readFrom(path, offset);
    if (bytes === undefined) {
      offset = 0;
      decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      return { text: '', more: false };
    }
    offset += bytes.length;
    return { text: decoder.decode(bytes, { stream: true }), more: bytes.length >= longestLook };
  };
}
