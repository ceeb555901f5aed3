import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandLimit } from '../../../src/cli/expand-limit.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import { eventJson } from '../../../src/core/event-json.ts';
import { told } from '../../support/told.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-limit-'));
const journals = join(folder, 'runs');

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function journal(run: string, check: boolean, events: readonly RunEvent[]): void {
  mkdirSync(journals, { recursive: true });
  const start: RunEvent = { event: 'run.start', v: 1, run, playbooks: ['site.yml'], check, at: '2026-11-22T00:00:00Z' };
  writeFileSync(join(journals, `${run}.ndjson`), [start, ...events].map((event) => `${eventJson(event)}\n`).join(''));
}

const play = { event: 'play.start', play: 'all', hosts: ['alfa', 'bravo', 'charlie', 'delta'] } as const;
const end = (host: string, status: 'ok' | 'changed' | 'failed' | 'unreachable') =>
  ({ event: 'host.end', host, play: 'all', status }) as const;

describe('--limit', () => {
  it('stays as it is without a file', () => {
    expect(expandLimit('web:&prod,!old', journals)).toBe('web:&prod,!old');
  });

  it('takes the lines of a file, comments left out', () => {
    const file = fileWith('hosts.retry', '# of tuesday\nalfa\n\nweb[0:2] # three\n');
    expect(expandLimit(`all,!@${file}`, journals)).toBe('all,!alfa,!web[0:2]');
    expect(expandLimit(`@${file}`, journals)).toBe('alfa,web[0:2]');
  });

  it('takes what failed, was not reached or was cut short from the journal of a run', () => {
    journal('20261122T010000Z-aaaa', false, [
      play,
      end('alfa', 'changed'),
      end('bravo', 'failed'),
      end('charlie', 'unreachable'),
    ]);
    const path = join(journals, '20261122T010000Z-aaaa.ndjson');
    expect(expandLimit(`@${path}`, journals)).toBe('bravo,charlie,delta');
  });

  it('knows the last run that was more than a look', () => {
    journal('20261122T020000Z-bbbb', false, [
      play,
      end('alfa', 'failed'),
      ...['bravo', 'charlie', 'delta'].map((host) => end(host, 'ok')),
    ]);
    journal('20261122T030000Z-cccc', true, [play]);
    expect(expandLimit('@failed', journals)).toBe('alfa');
  });

  it('says so where there is nothing to take', () => {
    const file = fileWith('empty', '# nobody\n');
    expect(told(() => expandLimit(`@${file}`, journals))).toEqual([
      `PV2024 \`--limit @${file}\`: ${file} names no hosts (write one host or pattern a line)`,
    ]);
    expect(told(() => expandLimit('@failed', join(folder, 'none')))[0]).toMatch(/^PV2024 .*there is no run yet/);
    expect(told(() => expandLimit('@nowhere', journals))).toEqual([
      'PV1008 `nowhere` does not exist (--limit @FILE wants a file of names, or @failed)',
    ]);
    journal('20261122T040000Z-dddd', false, [play, ...play.hosts.map((host) => end(host, 'ok'))]);
    expect(told(() => expandLimit('@failed', journals))[0]).toMatch(/every host of that run was brought to the end/);
  });
});
