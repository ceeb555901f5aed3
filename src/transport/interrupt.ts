import { shellWords } from './shell-text.ts';

/** The shell of a session, and what it runs: whether that has a standard input, and is part of a chain. */
export interface Running {
  readonly pid: number;
  readonly stdin: boolean;
  readonly chained: boolean;
}

/**
 * Lists what runs below a shell. Reads /proc, for not every host has `ps` or `pkill`. With a standard input, the
 * shell's own plumbing (copies of itself, and the `dd` that feeds) is left out: it keeps the requests apart.
 */
const listScript = `
level=$1 stdin=$2 depth=0
read -r shell <"/proc/$1/comm"
while [ -n "$level" ]; do
  depth=$((depth + 1)) next=
  for file in /proc/[0-9]*/stat; do
    { IFS= read -r line <"$file"; } 2>/dev/null || continue
    pid=\${line%% *} name=\${line#*\\(} name=\${name%\\)*}
    set -f; set -- \${line##*\\) }; set +f
    case " $level " in *" $2 "*) ;; *) continue ;; esac
    next="$next $pid"
    case $stdin-$depth-$name in true-1-"$shell"|true-2-dd) ;; *) echo "$pid" ;; esac
  done
  level=$next
done`;

/**
 * Tells a shell by a signal that what it waits for is about to be stopped. The first of its processes is halted by then,
 * so it cannot have gone on to the next request meanwhile.
 */
const tellScript = `
shell=$1 look=0 state=R; shift
kill -STOP "$1" 2>/dev/null
while [ "$look" -lt 1000 ]; do
  state=Z
  IFS= read -r line <"/proc/$1/stat" && state=\${line##*\\) }
  case $state in [TXZ]*) break ;; esac
  look=$((look + 1))
done 2>/dev/null
case $state in [XZ]*) ;; *) kill -USR1 "$shell" ;; esac
`;

/** Ends processes: politely, and after two seconds for good. */
const endScript = `
kill -TERM "$@" 2>/dev/null
kill -CONT "$1" 2>/dev/null
for look in 1 2 3 4 5 6 7 8; do
  alive=
  for pid in "$@"; do kill -0 "$pid" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.25 2>/dev/null || sleep 1
done
kill -KILL "$@" 2>/dev/null
exit 0`;

export function listCommand({ pid, stdin }: Running): string {
  return shellWords(['sh', '-c', listScript, 'list', String(pid), String(stdin)]);
}

export function endCommand({ pid, chained }: Running, pids: readonly string[]): string {
  if (!chained) return shellWords(['sh', '-c', endScript, 'end', ...pids]);
  return shellWords(['sh', '-c', tellScript + endScript, 'end', String(pid), ...pids]);
}
