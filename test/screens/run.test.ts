import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Reporter, RunEvent } from '../../src/core/event.ts';
import { createTreeReporter } from '../../src/report/listr.ts';
import { createPlainReporter } from '../../src/report/plain.ts';
import { runEvents } from '../support/run-events.ts';
import { createTerminal } from '../support/terminal.ts';

const quiet = { width: 80, colour: false, diff: false, verbose: false };

function screenFile(name: string): string {
  return readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8');
}

function plainText(events: readonly RunEvent[], wishes: Partial<typeof quiet> = {}): string {
  let text = '';
  const reporter = createPlainReporter({ ...quiet, ...wishes, write: (part) => (text += part) });
  for (const event of events) reporter.on(event);
  return text;
}

const inCheckMode = runEvents.map((event) => (event.event === 'run.start' ? { ...event, check: true } : event));

describe('a run in plain lines', () => {
  it('looks like plain.txt', () => expect(plainText(runEvents)).toBe(screenFile('plain')));

  it('looks like plain-diff-verbose.txt with -D and -v', () =>
    expect(plainText(runEvents, { diff: true, verbose: true })).toBe(screenFile('plain-diff-verbose')));

  it('looks like plain-check.txt with --check', () => expect(plainText(inCheckMode)).toBe(screenFile('plain-check')));
});

function tree() {
  const { streams, shown } = createTerminal();
  const write = (text: string) => streams.stdout.write(text);
  const reporter = createTreeReporter({ ...quiet, diff: true, write }, streams);
  return { reporter, shown: () => shown().replace(/\(\d\.\d s\)/g, '(0.0 s)') };
}

async function play(reporter: Reporter, events: readonly RunEvent[]): Promise<void> {
  for (const event of events) {
    reporter.on(event);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a run as a tree', () => {
  it('leaves tree.txt on the screen', async () => {
    const { reporter, shown } = tree();
    await play(reporter, runEvents);
    await reporter.close();
    expect(shown()).toBe(screenFile('tree'));
  });

  it('shows the same when everything happens before listr2 is ready', async () => {
    const { reporter, shown } = tree();
    for (const event of runEvents) reporter.on(event);
    await reporter.close();
    expect(shown()).toBe(screenFile('tree'));
  });

  it('shows the phase and the percent on the row of the guest while it installs', async () => {
    const { reporter, shown } = tree();
    await play(reporter, runEvents.slice(0, 16));
    await expect.poll(shown).toContain('everest  install the guest: installing the base system 41 %\n');
    expect(shown()).toContain('› Unpacking libc6');
    await reporter.close();
  });

  it('leaves the screen to a question and then takes it back', async () => {
    const { reporter, shown } = tree();
    await play(reporter, runEvents.slice(0, 4));
    await expect.poll(shown).toContain('alfa  install packages');
    reporter.pause?.();
    const before = shown();
    await play(reporter, runEvents.slice(4, 6));
    expect(shown()).toBe(before);
    reporter.resume?.();
    await expect.poll(shown).toContain('alfa  install packages: install qemu-utils');
    await play(reporter, runEvents.slice(6));
    await reporter.close();
    expect(shown()).toContain('alfa     ok 0   changed 2');
  });

  it('says where it stopped when the run is interrupted', async () => {
    const { reporter, shown } = tree();
    await play(reporter, runEvents.slice(0, 4));
    await reporter.close();
    expect(shown()).toContain('✖ alfa  stopped at: install packages');
  });
});
