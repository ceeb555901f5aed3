import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Here, type HereOptions } from '../../support/run-here.ts';
import { handlersIn, kept } from '../../support/run-kept.ts';

const hosts = 'here: { hosts: { alfa: { ssh: { connection: local } } } }\n';

const playbook = (last: string): string => `
- name: web
  hosts: alfa
  tasks:
    - name: settings
      file.content: { path: FOLDER/settings, content: one }
      notify: restart
    - name: last
      ${last}
  handlers:
    - name: restart
      shell.command: { script: 'test ! -e FOLDER/broken; echo restart >> FOLDER/handlers' }
`;
const well = playbook('debug: { msg: well }');
const failing = playbook('fail: {}');

async function create() {
  const here = await Here.create(hosts);
  const run = async (text: string, options: HereOptions = {}) => {
    const { exit, events } = await here.run(text, { ...kept(here.folder), ...options });
    const told = events.flatMap((event) => (event.event === 'diagnostic' ? [event.diagnostic] : []));
    return { exit, codes: told.map(({ code }) => code), messages: told.map(({ message }) => message).join('\n') };
  };
  const handlers = (): readonly string[] => handlersIn(here.folder);
  return { here, run, handlers };
}

test('what a failed run owes, the next one says and pays, once', async () => {
  const { here, run, handlers } = await create();
  expect(await run(failing)).toMatchObject({ exit: 2, codes: [] });
  expect(handlers()).toEqual([]);
  expect(await run(failing)).toMatchObject({ exit: 2, codes: ['PV5013'] });
  const paid = await run(well);
  expect(paid.messages).toMatch(
    /^handlers are owed since the run \S+, and run with those of this play: `restart` \(alfa\)$/,
  );
  expect(handlers()).toEqual(['restart']);
  expect(await run(well)).toMatchObject({ exit: 0, codes: [] });
  expect(handlers()).toEqual(['restart']);
  await here.remove();
});

test('check mode shows what is owed and settles nothing', async () => {
  const { here, run, handlers } = await create();
  await run(well, { check: true });
  expect(existsSync(join(here.folder, 'owed'))).toBe(false);
  await run(failing);
  expect(await run(well, { check: true })).toMatchObject({ exit: 0, codes: ['PV5013'] });
  expect(handlers()).toEqual([]);
  expect(await run(well)).toMatchObject({ codes: ['PV5013'] });
  expect(handlers()).toEqual(['restart']);
  await here.remove();
});

test('a handler that failed is still owed', async () => {
  const { here, run, handlers } = await create();
  writeFileSync(join(here.folder, 'broken'), '');
  expect(await run(well)).toMatchObject({ exit: 2 });
  await run(well.replace('test ! -e FOLDER/broken; ', ''));
  expect(handlers()).toEqual(['restart']);
  await here.remove();
});

test('another play owes nothing, and a handler that is gone is told and forgotten', async () => {
  const { here, run, handlers } = await create();
  await run(failing);
  expect(await run(well.replace('name: web', 'name: other'))).toMatchObject({ exit: 0, codes: [] });
  expect(handlers()).toEqual([]);
  const renamed = well.replaceAll('restart\n', 'reload\n');
  expect(await run(renamed)).toMatchObject({ exit: 0, codes: ['PV5013'] });
  expect(await run(well)).toMatchObject({ exit: 0, codes: [] });
  expect(handlers()).toEqual([]);
  await here.remove();
});

test('a failure that is ignored owes no handler to the next run', async () => {
  const { here, run, handlers } = await create();
  const ignored = well.replace(/file.content: .*/, "shell.command: { script: 'exit 1' }\n      ignore_errors: true");
  expect(await run(ignored)).toMatchObject({ exit: 0 });
  expect(await run(ignored)).toMatchObject({ exit: 0, codes: [] });
  expect(handlers()).toEqual([]);
  await here.remove();
});

test('a command that was cut short and cannot be read again is named', async () => {
  const { here, run } = await create();
  const stop = new AbortController();
  const emit: HereOptions['emit'] = (event) => {
    if (event.event === 'step.start' && event.task === 'last') stop.abort(new Error('stop'));
  };
  const slow = playbook("shell.command: { script: 'sleep 20' }");
  expect(await run(slow, { signal: stop.signal, emit })).toMatchObject({ exit: 130 });
  const next = await run(well);
  expect(next.codes).toEqual(['PV5013', 'PV5014']);
  expect(next.messages).toMatch(
    /has sent this and not seen its end; its task will run it again: `run sleep 20` \(alfa\)/,
  );
  expect(await run(well)).toMatchObject({ exit: 0, codes: [] });
  await here.remove();
});
