import { expect, test } from 'vitest';
import { ProvisionError } from '../../../src/core/diagnostic.ts';
import type { FreshLogin, Output, Remote } from '../../../src/core/plan.ts';
import { guardedLoad } from '../../../src/modules/firewall-guard.ts';

const done: Output = { exit: 0, stdout: '', stderr: '' };
const rules = { 4: '*filter\nCOMMIT\n', 6: '' };

/** A host that notes what is done to it; `fails` picks the deeds that fail. */
function host(fails: (deed: string) => boolean = () => false) {
  const deeds: string[] = [];
  const remote = {
    run: async (argv: readonly string[], { called = argv.join(' ') }: { called?: string } = {}) => {
      deeds.push(called.replace(/[0-9a-f-]{36}/, 'TOKEN'));
      if (fails(called)) throw new Error(`${called} failed`);
      return done;
    },
    write: async ({ path }: { path: string }) => void deeds.push(`write ${path}`),
  } as unknown as Remote;
  return { deeds, remote };
}

function act(remote: Remote, fresh: FreshLogin, revertAfter = 3): Promise<void> {
  const effect = guardedLoad({
    name: 'policy',
    wanted: rules,
    before: rules,
    revertAfter,
    suspect: 'no rule accepts us',
  });
  if (effect.kind !== 'custom') throw new Error('not an act');
  return effect.act(remote, () => undefined, { fresh, elsewhere: () => Promise.reject(new Error('not asked for')) });
}

const armed = [
  'install -d -m 0700 /run/provision/firewall/policy',
  'write /run/provision/firewall/policy/new.v4',
  'write /run/provision/firewall/policy/new.v6',
  'write /run/provision/firewall/policy/revert',
  'arming the timer that puts the old firewall rules back',
];
const loading = 'loading the rules of policy for IPv4';
const reverting = 'sh /run/provision/firewall/policy/revert TOKEN';

test('the timer runs before the rules are loaded, and a new login alone stops it', async () => {
  const session = host();
  const login = host();
  await act(session.remote, (work) => work(login.remote));
  expect(session.deeds).toEqual([...armed, loading]);
  expect(login.deeds).toEqual(['confirming the new firewall rules']);
});

test('where nobody gets in, the old rules come back first, and then it is told what was wrong', async () => {
  const session = host();
  const fresh: FreshLogin = (work) =>
    session.deeds.includes(reverting) ? work(host().remote) : Promise.reject(new Error('no route to host'));
  const failure: unknown = await act(session.remote, fresh).catch((error: unknown) => error);
  if (!(failure instanceof ProvisionError)) throw failure;
  expect(failure.diagnostics[0]).toMatchObject({
    code: 'PV5202',
    message: 'with the new firewall rules nobody gets in any more: no rule accepts us (no route to host)',
  });
  expect(session.deeds.slice(0, 7)).toEqual([...armed, loading, reverting]);
});

test('a login that never answers is not waited for', async () => {
  const session = host();
  const fresh: FreshLogin = (work) =>
    session.deeds.includes(reverting) ? work(host().remote) : new Promise(() => undefined);
  await expect(act(session.remote, fresh)).rejects.toThrow('no answer to a new login');
});

test('who gets in after we have given up confirms nothing', async () => {
  const session = host();
  const login = host();
  let letIn = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  const fresh: FreshLogin = (work) =>
    session.deeds.includes(reverting) ? work(host().remote) : opened.then(() => work(login.remote));
  await expect(act(session.remote, fresh)).rejects.toThrow('no answer to a new login');
  letIn();
  await new Promise((resolve) => setImmediate(resolve));
  expect(login.deeds).toEqual([]);
});

test('rules that do not load are taken back at once', async () => {
  const session = host((deed) => deed === loading);
  await expect(act(session.remote, (work) => work(host().remote))).rejects.toThrow(`${loading} failed`);
  expect(session.deeds).toEqual([...armed, loading, reverting]);
});

test('where the timer cannot be armed nothing is loaded', async () => {
  const session = host((deed) => deed.startsWith('arming'));
  await expect(act(session.remote, (work) => work(host().remote))).rejects.toThrow('arming');
  expect(session.deeds).toEqual(armed);
});
