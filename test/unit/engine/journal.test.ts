import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { newRunId, openJournal } from '../../../src/engine/journal.ts';
import { scratchFolder } from '../../support/transport.ts';

const event = { event: 'play.start', play: 'web', hosts: ['alfa'] } as const;

test('a journal has one event a line, for nobody else to read', () => {
  const folder = join(scratchFolder(), 'runs');
  const journal = openJournal(folder, 'one', () => undefined);
  journal.emit(event);
  journal.emit(event);
  journal.close();
  const lines = readFileSync(join(folder, 'one.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([event, event]);
});

test('steps that are about to leave and all that came before are written with a flush, the rest at the end of the turn', async () => {
  const folder = scratchFolder();
  const journal = openJournal(folder, 'one', () => undefined);
  const written = () => readFileSync(join(folder, 'one.ndjson'), 'utf8').split('\n').length - 1;
  const place = { host: 'alfa', play: 'web', task: 'go', module: 'shell.command' };
  journal.emit(event);
  journal.sent({ event: 'step.sent', ...place, step: 'run true', number: 0 });
  journal.flush();
  expect(written()).toBe(2);
  journal.emit({ event: 'step.end', ...place, step: 'run true', ms: 1 });
  journal.flush();
  expect(written()).toBe(3);
  journal.emit(event);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written()).toBe(4);
  journal.close();
});

test('a journal that cannot be begun is told with what to do, as wrong input', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  const open = () => openJournal(join(file, 'runs'), 'one', () => undefined);
  expect(open).toThrow(/the journal .*one\.ndjson cannot be written: .*(ENOTDIR|EEXIST)/);
});

test('a full disk is told once and stops nothing', () => {
  const folder = scratchFolder();
  symlinkSync('/dev/full', join(folder, 'one.ndjson'));
  const told: Diagnostic[] = [];
  const journal = openJournal(folder, 'one', (diagnostic) => told.push(diagnostic));
  journal.emit(event);
  journal.emit(event);
  journal.close();
  expect(told).toEqual([expect.objectContaining({ code: 'PV0005' })]);
});

test('runs sort by their start', () => {
  const ids = ['05.000', '05.001', '05.123', '05.999', '06.000'].map((at) =>
    newRunId(new Date(`2026-11-21T22:40:${at}Z`)),
  );
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[2]).toMatch(/^20261121T224005Z-1f[7-9a-f][0-9a-f]$/);
});
