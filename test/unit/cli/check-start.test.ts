import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkStart } from '../../../src/cli/check-start.ts';
import { loadProject } from '../../../src/cli/load-project.ts';
import { asTold, told } from '../../support/told.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inventory = join(folder, 'hosts.yml');
writeFileSync(inventory, 'all: { hosts: { alfa: {} } }\n');
const playbook = join(folder, 'site.yml');
writeFileSync(
  playbook,
  `
- hosts: alfa
  tasks:
    - { name: early, debug: { msg: 1 } }
    - { name: twice, debug: { msg: 2 }, tags: [one] }
- hosts: alfa
  tasks:
    - { name: twice, debug: { msg: 3 }, tags: [two] }
`,
);

function startAt(name: string, tags: readonly string[] = []): readonly string[] {
  const selection = { tags, skipTags: [], startAt: name };
  return checkStart(loadProject({ playbooks: [playbook], inventory }, selection), selection).map(asTold);
}

describe('a task to start at', () => {
  it('is doubtful where several have its name', () => {
    expect(startAt('twice')).toEqual([
      'PV1118 2 tasks are named `twice`; the run starts at the first (give each a name of its own)',
    ]);
  });

  it('is clear where tags choose one, or a pattern is given', () => {
    expect([startAt('twice', ['two']), startAt('twi*'), startAt('early')]).toEqual([[], [], []]);
  });

  it('must be there', () => {
    expect(told(() => startAt('erly'))).toEqual(['PV0002 there is no task `erly` to start at (did you mean `early`?)']);
  });
});
