import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { quickstart } from '../../src/lab/quickstart.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-bootstrap-'));
const asked = join(folder, 'asked');
writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "$@" >>${asked}\n`, { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true }));

/** `npm test` with an npm that only notes what it is asked for, as the user of this id. */
function test(user: number, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(asked, '');
  const options = `--import=data:text/javascript,process.getuid=()=>${user}`;
  const { status, stderr } = spawnSync(process.execPath, [options, 'src/bootstrap.mjs', 'test'], {
    env: { PATH: `${folder}:${process.env.PATH}`, ...environment },
    encoding: 'utf8',
  });
  return { exit: status, stderr, asked: readFileSync(asked, 'utf8').trim().split('\n') };
}

describe.runIf(process.platform === 'linux')('`npm test`', () => {
  it('runs everything as root', () => {
    expect(test(0)).toEqual({ exit: 0, stderr: '', asked: ['run check', 'run test:lab'] });
  });

  it('says in one line what it leaves out for anybody else', () => {
    const stderr = 'left out: the lab tests, which need root on Linux\n';
    expect(test(1000)).toEqual({ exit: 0, stderr, asked: ['run check'] });
  });

  it('fails where CI would leave the lab tests out', () => {
    expect(test(1000, { CI: 'true' })).toMatchObject({ exit: 1, stderr: expect.stringContaining('need root') });
  });
});

it('the quickstart explains to whoever cannot have a lab what to do instead', async () => {
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const exit = await quickstart(false);
  const told = written.mock.calls.join('');
  getuid.mockRestore();
  written.mockRestore();
  expect(exit).toBe(1);
  expect(told).toMatch(/^The quickstart cannot run here: .*needs? root/);
  expect(told).toContain('inventory/hosts.yml');
});
