import type { Emit, RunEvent } from '../core/event.ts';
import type { Secrets } from '../core/secret.ts';
import type { SourceText } from '../core/source.ts';
import { maskDifference } from './mask-difference.ts';
import { LineMasker } from './mask-lines.ts';

function isSource(value: object): value is SourceText {
  return 'name' in value && 'text' in value && Object.keys(value).length === 2;
}

/** The value without secrets; itself where it holds none, as nearly every event does. */
function maskValue(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return secrets.mask(value);
  if (value === null || typeof value !== 'object') return value;
  // Spans count characters of the source, so there a mask must keep the length.
  if (!Array.isArray(value) && isSource(value)) return secrets.conceal(value);
  const before = Object.values(value);
  const after = before.map((item) => maskValue(item, secrets));
  if (after.every((item, index) => item === before[index])) return value;
  return Array.isArray(value) ? after : Object.fromEntries(Object.keys(value).map((key, index) => [key, after[index]]));
}

/** Nothing secret gets past this point: screens, the journal and NDJSON all listen behind it. */
export function maskEvents(emit: Emit, secrets: Secrets): Emit {
  const lines = new LineMasker(secrets);
  return (event) => {
    const masked = maskLines(maskValue(event, secrets) as RunEvent, event, lines);
    if (event.event !== 'task.end' || !event.diff || masked.event !== 'task.end') return emit(masked);
    emit({ ...masked, diff: event.diff.map((difference) => maskDifference(difference, secrets)) });
  };
}

/** A secret may be broken over lines, and be told in pieces. */
function maskLines(masked: RunEvent, { event, ...raw }: RunEvent, lines: LineMasker): RunEvent {
  if (!('host' in masked && 'task' in masked)) return masked;
  const voice = `${masked.host} ${masked.task}`;
  const line = 'line' in raw && typeof raw.line === 'string' ? lines.mask(voice, raw.line) : undefined;
  if (line !== undefined && 'line' in masked) return { ...masked, line };
  if (event === 'task.end') lines.end(voice);
  if (masked.event !== 'task.end' || !('output' in raw) || !raw.output) return masked;
  return { ...masked, output: raw.output.map((one) => lines.mask(`${voice} at its end`, one)) };
}

/** What stands in the place of all that a task with `no_log` says. */
export const hidden = 'hidden by no_log';

/** For a task with `no_log`: that it happened and how it ended, but nothing of what it said or did. */
export function withoutDetails(emit: Emit): Emit {
  return (event) => {
    switch (event.event) {
      case 'output':
      case 'progress':
        return;
      case 'task.plan':
        return emit({ ...event, steps: event.steps.map((step) => ({ ...step, title: hidden })) });
      case 'step.start':
      case 'step.end':
        return emit({ ...event, step: hidden });
      case 'task.end': {
        const { diff: _diff, output: _output, item: _item, notes: _notes, diagnostic, ...rest } = event;
        const said = diagnostic && {
          diagnostic: { code: diagnostic.code, message: hidden, ...(diagnostic.at && { at: diagnostic.at }) },
        };
        return emit({ ...rest, ...said, ...(event.message && { message: hidden }) });
      }
      default:
        return emit(event);
    }
  };
}
