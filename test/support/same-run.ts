import type { RunEvent } from '../../src/core/event.ts';

/** Events without what differs from run to run anyway: names of runs and temporary files, times, what talking cost. */
export function seenAlike(events: readonly RunEvent[]): readonly object[] {
  return events.map((event) =>
    JSON.parse(JSON.stringify(withoutTimes(event)).replaceAll(/\.provision-[0-9a-f]{16}/g, '')),
  );
}

function withoutTimes(event: RunEvent): object {
  switch (event.event) {
    case 'run.start':
      return { ...event, run: '', at: '' };
    case 'run.end':
      return { ...event, traffic: {}, ms: 0 };
    case 'step.end':
    case 'task.end':
      return { ...event, ms: 0 };
    default:
      return event;
  }
}
