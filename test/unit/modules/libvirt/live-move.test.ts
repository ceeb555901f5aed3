import { expect, test } from 'vitest';
import { imageOf } from '../../../../src/modules/libvirt/live-disks.ts';
import { stageOf } from '../../../../src/modules/libvirt/live-move.ts';
import { readStanding } from '../../../../src/modules/libvirt/standing.ts';

const log = (what: string): string => `2026-11-22 12:11:10.036+0000: ${what}\n`;

test.each([
  ['', 'absent'],
  ['running (unpaused)\n\n', 'running'],
  ['paused (migrating)\n\n', 'paused'],
  ['paused (user)\n\n', 'paused'],
  ['shut off (migrated)\n\n', 'gone'],
  // libvirt was started again since, and has forgotten why.
  [`shut off (unknown)\n\n${log('shutting down, reason=migrated')}`, 'gone'],
  [`shut off (unknown)\n\n${log('shutting down, reason=shutdown')}`, 'off'],
  [`shut off (unknown)\n\n${log('starting up libvirt version: 9.0.0')}`, 'off'],
  ['shut off (destroyed)\n\n', 'off'],
  ['no state\n', 'running'],
])('%j is %s', (told, standing) => {
  expect(readStanding(told)).toBe(standing);
});

const disks = `Job type:         Unbounded
Operation:        Outgoing migration
Data processed:   91.000 MiB
Data remaining:   1.161 GiB
Data total:       1.250 GiB
File processed:   91.000 MiB
File remaining:   192.000 MiB
File total:       1.250 GiB
`;

test.each([
  ['Job type:         Unbounded\nTime elapsed:     717          ms\n', undefined],
  ['Job type:         None\n', undefined],
  [disks, { phase: 'copying its disks', percent: 85 }],
  [
    `${disks}Memory processed: 12.000 MiB\nMemory remaining: 48.000 MiB\nMemory total:     192.000 MiB\n`,
    { phase: 'moving its memory', percent: 75 },
  ],
  [`${disks}Memory remaining: 0.000 B\nMemory total:     0.000 B\n`, { phase: 'copying its disks', percent: 85 }],
])('%j is a stage of the way', (told, stage) => {
  expect(stageOf(told)).toEqual(stage);
});

test.each([
  [{ format: 'raw', 'virtual-size': 1024 }, ['raw', '', '1024']],
  [
    {
      format: 'qcow2',
      'virtual-size': 268435456,
      'cluster-size': 2097152,
      'format-specific': { type: 'qcow2', data: { compat: '1.1' } },
    },
    ['qcow2', 'cluster_size=2097152,compat=1.1', '268435456'],
  ],
])('the image for %j is made alike', (info, image) => {
  expect(imageOf(JSON.stringify(info))).toEqual(image);
});
