import { expect, it } from 'vitest';
import { createJsonLinesReporter } from '../../../src/report/json-lines.ts';
import { runEvents } from '../../support/run-events.ts';

function jsonLines(): string[] {
  const written: string[] = [];
  const reporter = createJsonLinesReporter((text) => written.push(text));
  for (const event of runEvents) reporter.on(event);
  return written;
}

it('writes every event as one compact line with its kind under `event`', () => {
  const lines = jsonLines();
  expect(lines).toHaveLength(runEvents.length);
  for (const [index, line] of lines.entries()) {
    expect(line).toMatch(/^\{"event":"[^\n]*\}\n$/);
    expect(JSON.parse(line)).toMatchObject({ event: runEvents[index]?.event });
  }
  expect(lines[0]).toContain('{"event":"run.start","v":1,');
});

it('tells a place by file, line and column instead of the whole text of the file', () => {
  const failure = jsonLines().find((line) => line.includes('the installer stopped'));
  expect(JSON.parse(failure ?? '{}').diagnostic.at).toEqual({
    file: 'playbooks/x.yml',
    line: 3,
    column: 7,
    endLine: 3,
    endColumn: 20,
  });
});
