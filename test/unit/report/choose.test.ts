import { expect, it } from 'vitest';
import { chooseReporter, type OutputForm } from '../../../src/report/choose.ts';

const start = { event: 'run.start', v: 1, run: 'r1', playbooks: ['p.yml'], check: false, at: '' } as const;

async function firstLine(form: OutputForm | undefined, terminal: boolean): Promise<string> {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  const reporter = await chooseReporter(form, {
    write,
    terminal,
    width: 80,
    colour: false,
    diff: false,
    verbose: false,
  });
  reporter.on(start);
  reporter.on({ event: 'play.start', play: 'p', hosts: [] });
  await reporter.close();
  return text.trimStart().split('\n')[0] ?? '';
}

it.each([
  ['plain lines where there is no terminal', undefined, false, 'run r1: p.yml'],
  ['a tree on a terminal', undefined, true, 'play p'],
  ['plain lines on a terminal when asked for', 'plain', true, 'run r1: p.yml'],
  ['a tree without a terminal when asked for', 'tree', false, 'play p'],
  ['JSON lines when asked for', 'ndjson', true, JSON.stringify(start)],
] as const)('%s', async (_what, form, terminal, expected) => {
  expect(await firstLine(form, terminal)).toBe(expected);
});
