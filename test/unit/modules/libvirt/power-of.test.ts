import { expect, it } from 'vitest';
import { powerOf } from '../../../../src/modules/libvirt/guest-installation.ts';

it.each([
  ['running (booted)\n\n', { kind: 'on' }],
  ['in shutdown (user)\n\n', { kind: 'on' }],
  ['shut off (shutdown)\n\n', { kind: 'off', reason: 'shutdown' }],
  ['shut off\n\n', { kind: 'off', reason: '' }],
  ['crashed (panicked)\n\n', { kind: 'off', reason: 'panicked' }],
  ['paused (I/O error)\n\n', { kind: 'paused', reason: 'I/O error' }],
])('`virsh domstate` says %j', (stdout, power) => {
  expect(powerOf({ exit: 0, stdout, stderr: '' })).toEqual(power);
});

it('knows a domain that is gone from a libvirt that is away for a moment', () => {
  const failed = (stderr: string) => powerOf({ exit: 1, stdout: '', stderr });
  expect(failed("error: failed to get domain 'everest'\n")).toEqual({ kind: 'gone' });
  expect(failed('error: failed to connect to the hypervisor\n')).toEqual({ kind: 'on' });
});
