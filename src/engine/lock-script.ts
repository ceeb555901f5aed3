// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

/** Exit statuses of the scripts. */
export const heldByOther = 40;
export const held = 41;
export const lost = 42;

/** Seconds without a sign of life after which a lock counts no more. */
const patience = 30;

/** A script as one line, in which `;` stands where it must: a line break would take more letters on its way. */
function oneLine(script: string): string {
  return script.trim().replace(/\s*\n\s*/g, ' ');
}

/**
 * Who may not write /run has a folder of their own: such runs do not keep root's away, only each other. A link or a
 * folder of somebody else is refused there.
 */
const place = oneLine(`
umask 077; dir=$1; shift;
[ "$dir" ] || if [ -O /proc/1 ]; then dir=/run/provision; else dir=/tmp/provision-$(id -u); fi;
lock=$dir/lock held=$dir/held alive=$dir/alive;
`);

/** Who has the lock, and for which session. */
const look = oneLine(`
look() { of= pid= at=;
  { read -r of; read -r x; read -r x; read -r pid; read -r x; read -r at; } <"$lock"; } 2>/dev/null;
is_holder() { [ "$pid" ] && grep -q provision-lock "/proc/$pid/cmdline" 2>/dev/null; };
`);

/** Time is the machine's uptime, which no clock change disturbs. */
const now = 'now() { read -r up x </proc/uptime; echo "${up%.*}"; };';

/**
 * Nobody's kill may hit a process that only has the number of a former holder. The lock is free when the holder has
 * gone, which the signal alone does not tell; it mostly has at once.
 */
const free = oneLine(`
gone() { x=; read -r x <"/proc/$pid/cmdline"; [ -z "$x" ]; };
end_holder() { look; is_holder && kill -"$1" "$pid" || return; n=0;
  while ! gone && [ "$n" -lt 999 ]; do n=$((n+1)); [ "$n" -lt 990 ] || sleep 0.1 || sleep 1; done; } 2>/dev/null;
`);

/** What to do where the lock is held, by flock or by its folder. */
interface Held {
  readonly prepare: string;
  readonly flock: string;
  readonly folder: string;
}

/**
 * run, user, since, machine; the lock also names its holder and the session that it is held for. flock where there is
 * one: it ends with its holder, however that dies. Otherwise a folder.
 */
function taking({ prepare, flock, folder }: Held): string {
  return oneLine(`
${place} ${now}
age() { read -r beat <"$alive"; case $beat in ""|*[!0-9]*) echo 0; return ;; esac;
  age=$(($(now) - beat)); [ "$age" -lt 0 ] && age=${patience + 1}; echo "$age"; } 2>/dev/null;
[ -d "$dir" ] || mkdir -p "$dir" || exit 1;
{ [ ! -h "$dir" ] && [ -O "$dir" ]; } || { echo "$dir belongs to somebody else" >&2; exit 1; };
session=$PPID; ${prepare}
if command -v flock >/dev/null; then exec 9>>"$lock" || exit 1; flock -n 9 || ${flock};
else mkdir "$held" 2>/dev/null || ${folder}; fi;
now >"$alive";
hold() { while sleep 2 9>&-; do
    kill -0 "$session" 2>/dev/null || break; [ "$(age 9>&-)" -le ${patience} ] || break; done;
  : >"$lock"; rmdir "$held" 2>/dev/null; };
hold </dev/null >/dev/null 2>&1 &
printf "%s\\n" "$1" "$2" "$3" "$!" "$4" "$session" >"$lock"; exit 0
`);
}

/** Takes a lock that nobody holds: mostly so, and less to send. */
export const takeScript = taking({ prepare: '', flock: `exit ${held}`, folder: `exit ${held}` });

/**
 * Takes the lock from who has lost it. `refuse`: who has just taken it may not have written yet who they are, and who
 * gives it back right now has taken that away first.
 * `orphaned`: its holder will see that soon, too, but who runs again right after a crash is not to wait for that. A
 * folder is taken over by renaming it, so that only one of two can.
 */
export const contestScript = taking({
  prepare: `${look} ${free}
again() { if command -v flock >/dev/null; then flock -n 9; else mkdir "$held"; fi 2>/dev/null; };
refuse() { who=$(cat "$lock"); [ "$who" ] || { sleep 1; again && return; who=$(cat "$lock"); };
  echo "$who"; exit ${heldByOther}; };
stale() { look; [ "$pid" ] && [ "$(age)" -gt ${patience} ]; };
orphaned() { look; [ "$at" ] && ! kill -0 "$at" 2>/dev/null; };
nobodys() { [ ! -s "$lock" ] && [ "$(find "$held" -prune -mmin +1 2>/dev/null)" ]; };`,
  flock: '{ stale || orphaned || refuse; end_holder KILL; flock -n 9 || refuse; }',
  folder: `{ stale || orphaned || nobodys || refuse; end_holder KILL;
  mv "$held" "$held.$$" 2>/dev/null && rmdir "$held.$$" && mkdir "$held" 2>/dev/null || refuse; }`,
});

/** run */
export const beatScript = `${place} ${now} ${look} look; [ "$of" = "$1" ] && is_holder || exit ${lost}; now >"$alive"`;

/** run: gives the lock back at once. */
export const releaseScript = oneLine(`
${place} ${look} ${free} look; [ "$of" = "$1" ] || exit 0;
end_holder TERM; : >"$lock"; rmdir "$held" 2>/dev/null; exit 0
`);
