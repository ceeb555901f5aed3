import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Here } from '../../support/run-here.ts';

let here: Here;
let other: Here;

beforeAll(async () => {
  here = await Here.create();
  other = await Here.create();
});

afterAll(() => Promise.all([here.remove(), other.remove()]));

test('a host that another run holds is neither rescued nor ignored', async () => {
  const stop = join(here.folder, 'stop');
  const lockFolder = (): string => join(here.folder, 'lock');
  let begun = (): void => undefined;
  const holding = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const holder = here.run(
    `- hosts: alfa\n  tasks:\n    - shell.command: { script: "until test -e ${stop}; do sleep 0.01; done" }\n`,
    { lockFolder, emit: (event) => event.event === 'step.start' && begun() },
  );
  await holding;
  const { lines, exit } = await other.run(
    `- hosts: alfa
  tasks:
    - block:
        - name: change
          shell.command: { argv: ["true"] }
          ignore_errors: true
      rescue:
        - name: never
          debug: { msg: rescued }
    - name: nor this
      debug: { msg: after }
`,
    { lockFolder },
  );
  writeFileSync(stop, '');
  expect([(await holder).exit, exit, lines]).toEqual([0, 2, ['alfa change failed']]);
});
