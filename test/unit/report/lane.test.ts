import { describe, expect, it } from 'vitest';
import { Lane } from '../../../src/report/lane.ts';

const place = { host: 'alfa', play: 'p', task: 'install', module: 'apt.package' };
const layout = { width: 6, check: false, verbose: false };

describe('a lane', () => {
  it('shows on its row what happened before the row came', () => {
    const lane = new Lane('alfa', layout);
    lane.on({ event: 'task.start', ...place });
    lane.on({ event: 'output', ...place, line: 'Unpacking \u001b[1mlibc6\u001b[0m' });
    const row = { title: '', output: '' };
    void lane.attach(row);
    expect(row).toEqual({ title: 'alfa    install', output: 'Unpacking libc6' });
  });

  it.each([
    [true, 'alfa    install [roles/web/tasks/main.yml]'],
    [false, 'alfa    install'],
  ])('says where a task comes from, if asked for: %j', (verbose, title) => {
    const lane = new Lane('alfa', { ...layout, verbose });
    lane.on({ event: 'task.start', ...place, from: 'roles/web/tasks/main.yml' });
    expect(lane.title).toBe(title);
  });

  it('forgets the output of the task before', () => {
    const lane = new Lane('alfa', layout);
    const row = { title: '', output: '' };
    void lane.attach(row);
    lane.on({ event: 'output', ...place, line: 'done' });
    expect(row.output).toBe('done');
    lane.on({ event: 'task.start', ...place });
    expect(row.output).toBe('');
  });

  it('settles when the host is through, with what came of its tasks', async () => {
    const lane = new Lane('alfa', layout);
    const row = { title: '', output: '' };
    const settled = lane.attach(row);
    lane.on({ event: 'task.end', ...place, status: 'ok', ms: 1 });
    lane.on({ event: 'task.end', ...place, status: 'changed', ms: 1 });
    lane.on({ event: 'host.end', host: 'alfa', play: 'p', status: 'changed' });
    await settled;
    expect(row.title).toBe('alfa    1 ok, 1 changed (0.0 s)');
  });

  it('settles when it was through before the row came', async () => {
    const lane = new Lane('alfa', layout);
    lane.finish();
    await expect(lane.attach({ title: '', output: '' })).resolves.toBeUndefined();
  });

  it('fails at the task that failed, and says no more after it', async () => {
    const lane = new Lane('alfa', layout);
    const row = { title: '', output: '' };
    const settled = lane.attach(row);
    lane.on({ event: 'task.end', ...place, status: 'unreachable', ms: 1 });
    lane.on({ event: 'host.end', host: 'alfa', play: 'p', status: 'unreachable' });
    await expect(settled).rejects.toThrow('alfa    unreachable: install');
    expect(row.title).toBe('alfa    unreachable: install');
  });

  it('goes on after a failure that is ignored', () => {
    const lane = new Lane('alfa', layout);
    lane.on({ event: 'task.end', ...place, status: 'failed', ignored: true, ms: 1 });
    lane.finish();
    expect(lane.title).toBe('alfa    1 ok (0.0 s)');
  });

  it('says what would change in check mode', () => {
    const lane = new Lane('alfa', { ...layout, check: true });
    lane.on({ event: 'task.end', ...place, status: 'changed', ms: 1 });
    lane.finish();
    expect(lane.title).toBe('alfa    1 would change (0.0 s)');
  });
});
