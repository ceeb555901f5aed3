import { expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { fakeSudo } from '../support/fake-sudo.ts';
import { startSshServer } from '../support/ssh-server.ts';
import { connectTo, settingsFor } from '../support/transport.ts';

const secret = 'pass $(id) "word"';

async function actAs(user: string, mode: string, becomePassword?: string): Promise<string> {
  const server = await startSshServer({ password: 'x', environment: fakeSudo(mode, secret) });
  const connection = await connectTo(settingsFor(server, { password: 'x', ...(becomePassword && { becomePassword }) }));
  try {
    const remote = await connection.remote({ user });
    return (await remote.query(['sh', '-c', 'echo "$USER in $HOME"'])).stdout;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    expect(error.diagnostics[0].help).toBeTruthy();
    return `${error.diagnostics[0].code} ${error.message}`;
  } finally {
    await connection.close();
    await server.close();
  }
}

test.each([
  ['nothing is asked', 'free', undefined],
  ['nothing is asked, and a password is given', 'free', secret],
  ['it says something first', 'noisy', undefined],
  ['it asks for the password', 'password', secret],
])('another user is become where %s', async (_title, mode, password) => {
  expect(await actAs('root', mode, password)).toBe('root in /home/root\n');
});

test('nobody is become who we are already', async () => {
  expect(await actAs('tester', 'broken')).toBe('tester in /\n');
});

test.each([
  ['a wrong password', 'password', 'wrong', 'PV4020 on alfa, sudo does not take the password given for tester'],
  ['no password', 'password', undefined, 'PV4023 on alfa, sudo wants the password of tester, and none is given'],
  ['a user who is not in sudoers', 'stranger', secret, 'PV4022 on alfa, sudo does not let tester act as root'],
  ['a user who may do other things', 'forbidden', secret, 'PV4022 on alfa, sudo does not let tester act as root'],
  ['a sudo that wants a terminal', 'terminal', secret, 'PV4024 on alfa, sudo wants a terminal'],
  ['a host without sudo', 'missing', secret, 'PV4021 on alfa there is no sudo, so tester cannot act as root'],
  ['another failure', 'broken', secret, 'PV4025 on alfa, sudo failed: sudo: /usr/bin/sudo must be owned by uid 0 and'],
  ['an unknown user', 'nobody', secret, 'PV4025 there is no user root on alfa'],
])('%s is told at once', async (_title, mode, password, told) => {
  const started = performance.now();
  expect(await actAs('root', mode, password)).toContain(told);
  expect(performance.now() - started).toBeLessThan(5_000);
});
