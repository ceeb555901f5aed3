import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { startSshServer } from '../support/ssh-server.ts';
import { connectTo, scratchFolder, settingsFor } from '../support/transport.ts';

const secret = 'pass $(id) "word"';

/** The conversation of sudo, with the words that sudo 1.9 says. */
const sudo = `#!/bin/sh
prompt= user=
while [ "$1" != -- ]; do
  case $1 in -p) prompt=$2; shift ;; -u) user=$2; shift ;; esac
  shift
done
shift
ask() {
  printf %s "$prompt" >&2
  IFS= read -r password
  echo "$password" >>"$SUDO_LOG"
  [ "$password" = '${secret}' ]
}
case $SUDO_MODE in
  free) ;;
  noisy) echo "We trust you have received the usual lecture" >&2 ;;
  password) ask || { echo "Sorry, try again." >&2; ask || { echo "sudo: 1 incorrect password attempt" >&2; exit 1; }; } ;;
  stranger) ask; echo "tester is not in the sudoers file.  This incident will be reported." >&2; exit 1 ;;
  forbidden) echo "Sorry, user tester is not allowed to execute '/bin/sh' as $user on vm." >&2; exit 1 ;;
  terminal) echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1 ;;
  nobody) echo "sudo: unknown user $user" >&2; exit 1 ;;
  broken) echo "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set" >&2; exit 1 ;;
esac
HOME=/home/$user USER=$user LOGNAME=$user exec "$@"
`;

async function actAs(user: string, mode: string, becomePassword?: string): Promise<string> {
  const folder = scratchFolder();
  if (mode !== 'missing') {
    writeFileSync(join(folder, 'sudo'), sudo);
    chmodSync(join(folder, 'sudo'), 0o755);
  }
  // A path of its own, for this machine may have the real one.
  const environment = { PATH: folder, SUDO_MODE: mode, SUDO_LOG: join(folder, 'log') };
  const server = await startSshServer({ password: 'x', environment });
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
  ['another failure', 'broken', secret, 'PV4025 on alfa, sudo failed: sudo: /usr/bin/sudo must be owned by uid 0 and'],
  ['an unknown user', 'nobody', secret, 'PV4025 there is no user root on alfa'],
])('%s is told at once', async (_title, mode, password, told) => {
  const started = performance.now();
  expect(await actAs('root', mode, password)).toContain(told);
  expect(performance.now() - started).toBeLessThan(5_000);
});
