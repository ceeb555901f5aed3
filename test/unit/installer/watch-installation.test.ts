import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pace, Seen, Verdict } from '../../../src/core/plan.ts';
import { type Power, type Watch, watchInstallation } from '../../../src/installer/watch-installation.ts';

const success = readFileSync(new URL('../../installer/debian-installed.txt', import.meta.url), 'utf8');
const badMirror = readFileSync(new URL('../../installer/debian-wrong-mirror.txt', import.meta.url), 'utf8');
const hostKey = 'PROVISION-HOST-KEY ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== PROVISION-END\r\n';

/** One look: what the log gained, whether the machine is on, when. */
type Glance = readonly [text: string, power: Power['kind'], elapsed: number];

const begun: Watch = {
  guest: 'everest',
  end: { marker: /System halted|reboot: Power down/, markerAlone: false },
  stall: 900,
  age: 0,
  power: ({ stdout }) => power(stdout),
};

function watch(...glances: readonly Glance[]): Verdict[] {
  const judge = watchInstallation(begun)();
  return glances.map(([text, power, elapsed]) => {
    const seen: Seen = { text, output: { exit: 0, stdout: power, stderr: '' }, elapsed, pinned: [] };
    return judge(seen);
  });
}

function power(state: string): Power {
  if (state === 'paused') return { kind: 'paused', reason: 'I/O error' };
  if (state === 'off') return { kind: 'off', reason: 'crashed' };
  return { kind: state === 'gone' ? 'gone' : 'on' };
}

function last(...glances: readonly Glance[]): Verdict | undefined {
  return watch(...glances).at(-1);
}

function failure(verdict: Verdict | undefined): string {
  return verdict?.kind === 'failed'
    ? `${verdict.diagnostic.code} ${verdict.diagnostic.message}`
    : `not failed: ${verdict?.kind}`;
}

describe('watching an installation', () => {
  it('is done at the marker, although the machine stays on behind it', () => {
    expect(last([success, 'on', 3000])).toMatchObject({ kind: 'done' });
  });

  it('brings the host keys that the installer printed', () => {
    const keyed = success.replace('The system is going down', `${hostKey}The system is going down`);
    expect(last([keyed, 'on', 3000])).toMatchObject({
      kind: 'done',
      hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA=='],
    });
  });

  it('is done when the machine goes off after the last work of the installer', () => {
    const withoutMarker = success.slice(0, success.indexOf('[ 2851.134118]'));
    expect(last([withoutMarker, 'on', 3000])).toMatchObject({ kind: 'more' });
    expect(last([withoutMarker, 'off', 3001])).toMatchObject({ kind: 'done' });
  });

  it('shows phase and percent while it goes on', () => {
    const half = success.slice(0, success.indexOf('Configuring apt'));
    expect(last([half, 'on', 1800])).toMatchObject({
      kind: 'more',
      progress: { phase: 'Installing the base system', percent: 100 },
    });
  });

  it('fails at once at an error screen, and shows it', () => {
    const verdict = last([badMirror, 'on', 290]);
    expect(failure(verdict)).toBe('PV5401 the installer of everest stopped with an error: Bad archive mirror');
    expect(verdict).toMatchObject({
      diagnostic: { transcript: expect.stringContaining('Please check the specified mirror') },
    });
  });

  it('waits until a screen without a prompt is drawn', () => {
    const panic = '[    1.0] Kernel panic - not syncing: No working init found.\n';
    expect(
      watch([panic, 'on', 5], ['[    1.1] CPU: 0\n', 'on', 6], ['', 'on', 7]).map((verdict) => verdict.kind),
    ).toEqual(['more', 'more', 'failed']);
  });

  it('fails when nothing but the clock was written for longer than `stall`', () => {
    const clock = '\u001b[H[           (1*installer)  2 shell  4- log           ][ Nov 21 21:54 ]\u001b[20;41H';
    const start: Glance = ['Installing the base system  ... 3%', 'on', 10];
    expect(last(start, [clock, 'on', 909])).toMatchObject({ kind: 'more' });
    expect(failure(last(start, [clock, 'on', 911]))).toBe(
      'PV5402 the installer of everest has written nothing for 15 minutes, in phase “Installing the base system”',
    );
  });

  it('fails when the machine went off in the middle, after one more look at the log', () => {
    const half: Glance = ['Installing the base system  ... 3%', 'on', 10];
    expect(watch(half, ['', 'off', 12], ['', 'off', 14]).map((verdict) => verdict.kind)).toEqual([
      'more',
      'more',
      'failed',
    ]);
    expect(failure(last(half, ['', 'off', 12], ['', 'off', 14]))).toBe(
      'PV5403 the machine of everest stopped before its installer was done: its QEMU process is gone',
    );
    expect(failure(last(half, ['', 'gone', 12], ['', 'gone', 14]))).toBe(
      'PV5403 the machine of everest stopped before its installer was done: its domain is gone',
    );
  });

  it('takes the end of a log that comes after the machine went off', () => {
    const cut = success.indexOf('The system is going down');
    expect(last([success.slice(0, cut), 'off', 10], [success.slice(cut), 'off', 12])).toMatchObject({ kind: 'done' });
  });

  it('fails at once when the hypervisor paused the machine', () => {
    expect(failure(last(['Installing the base system  ... 3%', 'paused', 10]))).toContain('(I/O error)');
  });

  it.each([
    ['out of memory', '[ 88.1] Out of memory: Killed process 1187 (udpkg) total-vm:22052kB\n', 'PV5407'],
    ['no root file system', 'Warning: /dev/root does not exist\ndracut:/# ', 'PV5408'],
  ])('fails within five seconds of %s', (_, screen, code) => {
    const verdicts = watch([screen, 'on', 60], ['', 'on', 62], ['', 'on', 64]);
    expect(failure(verdicts.find(({ kind }) => kind === 'failed'))).toContain(code);
  });

  it('tells the cause on the screen when the machine went off because of it', () => {
    const panic = '[ 1.0] Kernel panic - not syncing: No working init found.\n';
    expect(failure(last([panic, 'off', 2], ['', 'off', 3]))).toContain('PV5404');
  });

  it('learns how long it took, if it watched from the beginning, and estimates by it', () => {
    const glances: readonly Glance[] = [
      ['Installing the base system  ... 3%', 'on', 100],
      ['... 50%', 'on', 300],
      [' 100%\nreboot: Power down\n', 'on', 600],
    ];
    const whole = last(...glances);
    const pace = whole?.kind === 'done' ? whole.pace : undefined;
    expect(pace?.total).toBe(600);
    const judge = watchInstallation({ ...begun, age: 600 })();
    const later = (text: string, elapsed: number, earlier: readonly Pace[]) =>
      judge({ text, elapsed, pinned: [], ...(pace && { earlier }) });
    // Twice as slow so far: at half of the base system after 600 s instead of 300.
    expect(later('Installing the base system  ... 50%', 0, pace ? [pace] : [])).toMatchObject({
      progress: { left: 600 },
    });
    expect(later('', 60, pace ? [pace] : [])).toMatchObject({ progress: { left: 540 } });
    expect(later('\nreboot: Power down\n', 70, [])).toEqual({ kind: 'done' });
  });
});
