import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { SerialLog } from '../../src/installer/serial-log.ts';
import { updating } from '../support/load-cases.ts';

/** Consoles as they were recorded or are known to look (`NAME.txt`), and what is read from them (`NAME.yaml`). */
const folder = new URL('.', import.meta.url).pathname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => file.slice(0, -'.txt'.length));
const marker = /System halted|reboot: Power down|Cloud-init v\. \S+ finished/;

function consoleOf(name: string): string {
  return readFileSync(`${folder}${name}.txt`, 'utf8');
}

/** `cut` gives the length of the next piece. */
function read(output: string, cut: (turn: number) => number): { log: SerialLog; phases: readonly string[] } {
  const log = new SerialLog(marker);
  const phases = new Map<string, number | undefined>();
  for (let at = 0, turn = 0; at < output.length; turn++) {
    const length = cut(turn);
    log.feed(output.slice(at, at + length));
    at += length;
    const { mark } = log;
    if (mark) phases.set(`${mark.phase}${mark.nth > 1 ? ` (${mark.nth})` : ''}`, mark.percent);
  }
  const list = [...phases].map(([phase, percent]) => (percent === undefined ? phase : `${phase} ${percent}%`));
  return { log, phases: list };
}

function found({ log, phases }: ReturnType<typeof read>) {
  return {
    phases,
    ...(log.failure && { failure: log.failure }),
    ...(log.hostKeys.length > 0 && { host_keys: log.hostKeys }),
    ends: log.done ? 'marker' : log.goesDown ? 'goes down' : 'not yet',
  };
}

describe.each(names)('the console %s', (name) => {
  const output = consoleOf(name);

  it('is read as expected', () => {
    const now = found(read(output, () => 3));
    const file = `${folder}${name}.yaml`;
    if (updating) writeFileSync(file, stringify(now, { lineWidth: 0 }));
    expect(existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined).toEqual(now);
  });

  it('tells the same however it comes in pieces', () => {
    const { log: whole } = read(output, () => output.length);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        const { log } = read(output, (turn) => lengths[turn % lengths.length] ?? 1);
        expect(found({ log, phases: [] })).toEqual(found({ log: whole, phases: [] }));
        expect(log.progress).toEqual(whole.progress);
        expect(log.mark).toEqual(whole.mark);
        expect(log.screen).toBe(whole.screen);
      }),
      { numRuns: 25 },
    );
  });
});
