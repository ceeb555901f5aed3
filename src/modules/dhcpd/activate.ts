// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell
import { problem } from '../../core/diagnostic.ts';
import type { FileWrite, Output, Remote } from '../../core/plan.ts';
import { messageOf, refused, withoutBoilerplate } from './complaint.ts';
import type { DhcpServer } from './servers.ts';

export interface Activation {
  readonly server: DhcpServer;
  readonly service: string;
  /** The configuration, and its text as it will be. */
  readonly path: string;
  readonly text: string;
  /** What changes; nothing when the service only has to start. */
  readonly files: readonly FileWrite[];
  /** The service of the other server, which makes room for this one. */
  readonly instead?: string;
  /** By which the running server can be asked to read its configuration anew. */
  readonly controlSocket?: string;
}

/** Exit statuses of the script. */
const failures = { refused: 3, restored: 4, lost: 5 } as const;

/** Lets the server judge the configuration as it will be, as the user it runs as. */
const check = `
trap '' HUP INT TERM PIPE
state() { systemctl show --property="$1" --value -- "$SERVICE"; }
new=$CONFIG
for file; do if [ "$file" = "$CONFIG" ]; then new=$file.provision-new; fi; done
user=$(state User)
case $user in '' | root) ;; *) CHECK="runuser -u $user -- $CHECK" ;; esac
if ! KEA_LOCKFILE_DIR=none $CHECK "$new" >&2; then
  for file; do rm -f -- "$file.provision-new"; done
  exit ${failures.refused}
fi

`;

/** Puts what lies ready beside the files in their place; all goes back if the service does not come up with it. */
const putInPlace = `
listens() { ss -H -l -u -n -p 'sport = :67' | grep -q "\\"$PROGRAM\\""; }
# Half a minute at least: a server reads all its leases before it listens, and a host may be slow.
up() {
  tries=0
  while [ $tries -lt 120 ]; do
    case $(state SubState) in
      running) if listens; then return 0; fi ;;
      start* | reload*) ;;
      *) return 1 ;;
    esac
    sleep 0.25
    tries=$((tries + 1))
  done
  return 1
}
restart() { systemctl restart -- "$SERVICE" >/dev/null 2>&1 && up; }
# Perl is part of every Debian; who cannot be asked is restarted.
reread() {
  [ -n "$CONTROL_SOCKET" ] || return 1
  perl -MIO::Socket::UNIX -e 'alarm 30; my $server = IO::Socket::UNIX->new($ARGV[0]) or exit 1;
    print $server q({ "command": "config-reload" }); $server->shutdown(1); print <$server>' "$CONTROL_SOCKET" 2>/dev/null |
    grep -q '"result": 0' && up
}
other() { if [ -n "$INSTEAD" ]; then systemctl "$1" -- "$INSTEAD" >&2; fi; }
# Other DHCP servers at the port, as "name",pid=number; of a process at its end nothing is told any more.
others() {
  ss -H -l -u -n -p 'sport = :67' | grep -v "\\"$PROGRAM\\"" | grep -E '"(dhcpd|kea-dhcp4)"|^[^(]*$' |
    sed 's/.*((//; s/,fd=.*//'
}
# dhcpd lives on after its service has stopped: for a moment, or for good where it was stopped while it started. And Kea
# asks for the port only once.
make_room() {
  other stop
  other kill 2>/dev/null
  tries=0
  while [ $tries -lt 60 ] && [ -n "$(others)" ]; do
    sleep 0.25
    tries=$((tries + 1))
  done
  others | grep -q pid= || return 0
  echo "another DHCP server keeps the port: $(others)" >&2
  return 1
}

was=$(state SubState)
if listens; then was=listening; fi
since=$(date +%s)
for file; do
  rm -f -- "$file.provision-old"
  if [ -e "$file" ]; then cp -p -- "$file" "$file.provision-old" || exit; fi
  mv -f -- "$file.provision-new" "$file" || exit
done
if make_room && { reread || restart; }; then
  for file; do rm -f -- "$file.provision-old"; done
  exit 0
fi

if [ "$(state SubState)" = running ] && ! listens; then echo "$PROGRAM runs, but listens on no interface" >&2; fi
journalctl --unit="$SERVICE" --since="@$since" --lines=100 --output=cat --no-pager --quiet \\
  _TRANSPORT=syslog _TRANSPORT=stdout >&2
for file; do
  if [ -e "$file.provision-old" ]; then mv -f -- "$file.provision-old" "$file"; else rm -f -- "$file"; fi
done
systemctl reset-failed -- "$SERVICE" 2>/dev/null
end=${failures.restored}
case $was in
  listening) restart || end=${failures.lost} ;;
  running) systemctl restart -- "$SERVICE" ;;
  *) systemctl stop -- "$SERVICE" 2>/dev/null ;;
esac
other start
exit $end
`;

/**
 * New files count only when the server accepts them and comes back with them. It goes on to its end on the host,
 * whatever happens to the connection.
 */
export function activate(remote: Remote, activation: Activation): Promise<void> {
  return perform(remote, activation, check + putInPlace);
}

/** Only asks the server what it thinks of the files. */
export function refuseWhatServerRefuses(remote: Remote, activation: Activation): Promise<void> {
  return perform(remote, activation, `${check}for file; do rm -f -- "$file.provision-new"; done`);
}

async function perform(remote: Remote, activation: Activation, script: string): Promise<void> {
  const { server, service, path, files, instead = '', controlSocket = '' } = activation;
  for (const file of files) await remote.write({ ...file, path: staged(file.path) });
  const settings = { SERVICE: service, PROGRAM: server.program, CHECK: server.check.join(' ') };
  const output = await remote.run(['sh', '-c', script, 'sh', ...files.map((file) => file.path)], {
    called: `the restart of ${service}`,
    environment: { ...settings, CONFIG: path, INSTEAD: instead, CONTROL_SOCKET: controlSocket },
    exits: [0, ...Object.values(failures)],
    lasting: true,
  });
  judge(output, activation);
}

function staged(path: string): string {
  return `${path}.provision-new`;
}

function judge({ exit, stderr }: Output, { service, path, text, files }: Activation): void {
  if (exit === 0) return;
  if (exit === failures.refused) throw refused({ path, staged: staged(path), text, said: stderr });
  const words = withoutBoilerplate(stderr);
  throw problem('PV5502', `${service} does not come up with ${path}: ${messageOf(words)}`, {
    argument: ['template'],
    help: whatNow(exit, service, files.length > 0),
    transcript: words,
  });
}

function whatNow(exit: number, service: string, changed: boolean): string {
  if (!changed) return `see on the host: journalctl -u ${service}`;
  if (exit === failures.restored) return 'what was there before is back in its place, and the service is as it was';
  return `what was there before is back in its place, but ${service} does not come up with it either`;
}
