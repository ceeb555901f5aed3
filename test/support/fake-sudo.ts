import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from './transport.ts';

/** The conversation of sudo, with the words that sudo 1.9 says. */
const script = (password: string) => `#!/bin/sh
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
  [ "$password" = '${password}' ]
}
case $SUDO_MODE in
  free) ;;
  noisy) echo "We trust you have received the usual lecture" >&2 ;;
  password) ask || { echo "Sorry, try again." >&2; ask || { echo "sudo: 1 incorrect password attempt" >&2; exit 1; }; } ;;
  stranger) ask; echo "tester is not in the sudoers file.  This incident will be reported." >&2; exit 1 ;;
  forbidden) echo "Sorry, user tester is not allowed to execute '/bin/sh' as $user on vm." >&2; exit 1 ;;
  terminal) echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1 ;;
  nobody) echo "sudo: unknown user $user" >&2; exit 1 ;;
  missing) echo "sh: 1: sudo: not found" >&2; exit 127 ;;
  broken) echo "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set" >&2; exit 1 ;;
esac
HOME=/home/$user USER=$user LOGNAME=$user exec "$@"
`;

/** The environment of a login whose `sudo` behaves in this way, and takes this password. */
export function fakeSudo(mode: string, password: string): Readonly<Record<string, string>> {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'sudo'), script(password));
  chmodSync(join(folder, 'sudo'), 0o755);
  // A path of its own, for this machine may have the real one.
  return { PATH: folder, SUDO_MODE: mode, SUDO_LOG: join(folder, 'log') };
}
