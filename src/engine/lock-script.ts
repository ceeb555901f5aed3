// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

/** Exit statuses of the scripts. */
export const heldByOther = 40;
export const lost = 42;

/** Seconds without a sign of life after which a lock counts no more. */
const patience = 30;

/**
 * Who may not write /run has a folder of their own: such runs do not keep root's away, only each other. A link or a
 * folder of somebody else is refused there. Time is the machine's uptime, which no clock change disturbs.
 */
const place = String.raw`
umask 077
id=$(id -u)
dir=$1; shift
if [ -z "$dir" ]; then
  if [ "$id" = 0 ]; then dir=/run/provision; else dir=/tmp/provision-$id; fi
fi
lock=$dir/lock held=$dir/held alive=$dir/alive
now() { read -r up rest </proc/uptime; echo "${'$'}{up%.*}"; }
age() {
  read -r beat <"$alive"
  case $beat in ''|*[!0-9]*) echo 0; return ;; esac
  age=$(($(now) - beat))
  [ "$age" -lt 0 ] && age=${patience + 1}
  echo "$age"
} 2>/dev/null
holder() { sed -n 4p "$lock" 2>/dev/null; }
is_holder() { [ -n "$1" ] && tr '\0' ' ' 2>/dev/null </proc/"$1"/cmdline | grep -q provision-lock; }
`;

/**
 * Nobody's kill may hit a process that only has the number of a former holder. The lock is free when the holder has
 * gone, which the signal alone does not tell.
 */
const free = `
end_holder() {
  pid=$(holder)
  is_holder "$pid" && kill -"$1" "$pid" || return
  for look in 1 2 3 4 5 6 7 8 9; do
    is_holder "$pid" || return
    sleep 0.1 || sleep 1
  done
} 2>/dev/null
`;

/**
 * run, user, since, machine; the lock also names its holder and the session that it is held for. flock where there is
 * one: it ends with its holder, however that dies. Otherwise a folder, which is taken over by renaming it, so that only
 * one of two can.
 */
export const takeScript = `${place}${free}
mkdir -p "$dir" || exit 1
{ [ ! -h "$dir" ] && [ -O "$dir" ]; } || { echo "$dir belongs to somebody else" >&2; exit 1; }
# Who has just taken it may not have written yet who they are.
refuse() { [ -s "$lock" ] || sleep 1; cat "$lock"; exit ${heldByOther}; }
stale() { [ -n "$(holder)" ] && [ "$(age)" -gt ${patience} ]; }
# Its holder will see that soon, too; but who runs again right after a crash is not to wait for that.
orphaned() { of=$(sed -n 6p "$lock") && [ -n "$of" ] && ! kill -0 "$of" 2>/dev/null; }
nobodys() { [ ! -s "$lock" ] && [ -n "$(find "$held" -prune -mmin +1 2>/dev/null)" ]; }
session=$PPID
if command -v flock >/dev/null; then
  exec 9>>"$lock" || exit 1
  if ! flock -n 9; then
    stale || orphaned || refuse
    end_holder KILL
    flock -n 9 || refuse
  fi
else
  if ! mkdir "$held" 2>/dev/null; then
    stale || orphaned || nobodys || refuse
    end_holder KILL
    mv "$held" "$held.$$" 2>/dev/null && rmdir "$held.$$" && mkdir "$held" 2>/dev/null || refuse
  fi
fi
now >"$alive"
hold() {
  while sleep 2 9>&-; do
    kill -0 "$session" 2>/dev/null || break
    [ "$(age 9>&-)" -le ${patience} ] || break
  done
  : >"$lock"
  rmdir "$held" 2>/dev/null
}
hold </dev/null >/dev/null 2>&1 &
printf '%s\\n' "$1" "$2" "$3" "$!" "$4" "$session" >"$lock"
exit 0`;

/** run */
export const beatScript = `${place}
[ "$(sed -n 1p "$lock" 2>/dev/null)" = "$1" ] && is_holder "$(holder)" || exit ${lost}
now >"$alive"`;

/** run: gives the lock back at once. */
export const releaseScript = `${place}${free}
[ "$(sed -n 1p "$lock" 2>/dev/null)" = "$1" ] || exit 0
end_holder TERM
: >"$lock"
rmdir "$held" 2>/dev/null
exit 0`;
