import { describe, expect, it } from 'vitest';
import type { Seen, Step } from '../../../../src/core/plan.ts';
import { libvirtGuest } from '../../../../src/modules/libvirt/guest.ts';
import { argumentsOf, loadCases } from '../../../support/load-cases.ts';

type Args = Parameters<typeof libvirtGuest.plan>[0];
type State = Parameters<typeof libvirtGuest.plan>[1];

/** What a plan case of `libvirt.guest` gives its module. */
function given(name: string, more: Partial<Args> = {}): readonly [Args, State] {
  const item = loadCases('plans').find(({ title }) => title === `libvirt/guest/${name}`);
  if (!item) throw new Error(`no case ${name}`);
  return [{ ...(argumentsOf(item, libvirtGuest) as Args), ...more }, item.content.state as State];
}

function lookingAt(stdout: string, elapsed: number, exit = 0): Seen {
  return { text: '', output: { exit, stdout, stderr: '' }, elapsed, pinned: [] };
}

function waitFor(steps: readonly Step[]) {
  const effect = steps.find(({ title }) => title.startsWith('wait until everest is off'))?.effect;
  if (effect?.kind !== 'follow') throw new Error('no wait for the guest to go off');
  return effect;
}

describe('a guest that is to shut down for a restart', () => {
  it('is left running where it does not, and the task says so', () => {
    const wait = waitFor(libvirtGuest.plan(...given('living-restarts-where-allowed')));
    const judge = wait.judge();
    expect(judge(lookingAt('running\n\n', 119)).kind).toBe('more');
    expect(judge(lookingAt('', 119, 1)).kind).toBe('more');
    expect(judge(lookingAt('shut off\n\n', 119)).kind).toBe('done');
    expect(wait.within).toBe(120);
    expect(wait.late()).toMatchObject({ code: 'PV5311', message: expect.stringContaining('left running') });
  });

  it('is waited for no longer than was said where its plug may be pulled', () => {
    const judge = waitFor(libvirtGuest.plan(...given('living-restarts-by-force'))).judge();
    expect(judge(lookingAt('running\n\n', 29)).kind).toBe('more');
    expect(judge(lookingAt('running\n\n', 30)).kind).toBe('done');
  });
});

describe('the result of a guest', () => {
  it('lists what waits for a restart', () => {
    expect(libvirtGuest.result?.(...given('living-restart-still-waits'))).toMatchObject({
      restart_pending: true,
      restart_for: ['memory is 4 GiB, not 8 GiB'],
    });
  });

  it('says with the task what only a restart or a reinstallation brings in', () => {
    expect(libvirtGuest.notes?.(...given('living-restart-still-waits'))).toEqual([
      'restart: memory is 4 GiB, not 8 GiB',
    ]);
    expect(libvirtGuest.notes?.(...given('installed-and-another-seed-does-not-reinstall'))).toEqual([
      'reinstall: its seed or its installer is another now (--reinstall everest brings it in)',
    ]);
    expect(libvirtGuest.notes?.(...given('installed'))).toEqual([]);
  });

  it('has none for a guest that was started with this definition, or gets all of it live', () => {
    for (const name of ['living-as-libvirt-made-it', 'living-gets-vcpus', 'living-boots-otherwise-next-time']) {
      expect(libvirtGuest.result?.(...given(name))).toMatchObject({ restart_pending: false, restart_for: [] });
    }
  });
});
