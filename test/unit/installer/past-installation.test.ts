import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pastInstallation } from '../../../src/installer/past-installation.ts';

const end = { marker: /System halted|reboot: Power down/, markerAlone: false };
const success = readFileSync(new URL('../../installer/debian-installed.txt', import.meta.url), 'utf8');
const badMirror = readFileSync(new URL('../../installer/debian-wrong-mirror.txt', import.meta.url), 'utf8');

it.each([
  ['no log: it was never started', undefined, { kind: 'unstarted' }],
  ['an empty log: it was never started', '', { kind: 'unstarted' }],
  ['a log with the marker: it is done', success, { kind: 'done' }],
  ['a log that ends in a power-off: it is done', success.slice(0, success.indexOf('[ 2851.')), { kind: 'done' }],
  ['a log that breaks off: it was under way', success.slice(0, 30_000), { kind: 'underway' }],
  ['a log that ends in an error screen: it failed', badMirror, { kind: 'failed', title: 'Bad archive mirror' }],
])('%s', (_, log, past) => {
  expect(pastInstallation(log, end)).toEqual(past);
});

it('a system of an image that went off before its marker: it was interrupted', () => {
  const log = "Cloud-init v. 25.1.4 running 'init' at Sun, 22 Nov 2026\r\n[   80.1] reboot: Power down\r\n";
  const markerAlone = { marker: /Cloud-init v\. \S+ finished at/, markerAlone: true };
  expect(pastInstallation(log, markerAlone)).toEqual({ kind: 'underway' });
  expect(pastInstallation(log, { ...markerAlone, markerAlone: false })).toEqual({ kind: 'done' });
});
