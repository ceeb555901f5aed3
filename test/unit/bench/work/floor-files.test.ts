import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { rigHosts } from '../../../../bench/rig/names.ts';
import { floorFiles } from '../../../../bench/work/floor-files.ts';

it('every script of the floor is shell', () => {
  for (const text of Object.values(floorFiles(rigHosts(2)))) {
    expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  }
});
