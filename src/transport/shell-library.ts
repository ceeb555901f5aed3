// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

/** Exit statuses of the functions below, beyond those of the tools that they call. */
export const writeFailures = {
  81: 'there is a directory of that name',
  82: 'the new content could not be written',
  83: 'the new content did not arrive whole',
  84: 'its owner or mode could not be set',
  85: 'the checksum differs',
  86: 'the check refused it',
  87: 'it could not be put in place',
} as const;

/** Two lines: mode in hex, size, ids, names; where it is a link, what it leads to. */
const stat = `_stat() { stat -c '%f %s %u:%g %U:%G' -- "$1" && { [ ! -h "$1" ] || readlink -n -- "$1"; }; }`;

/** Refuses what must not be opened: a pipe would be waited for. Whatever else is wrong is left to the tool to tell. */
const regular =
  '_regular() { [ ! -e "$1" ] || [ -f "$1" ] || [ -d "$1" ] || { echo "$1 is no regular file" >&2; return 1; }; }';

const digest = '_digest() { _regular "$1" && sha256sum -- "$1"; }';
const text = '_text() { _regular "$1" && cat -- "$1"; }';

/** path, first byte from 1: at most 256 KiB. */
const readFrom =
  '_from() { _regular "$1" && tail -c "+$2" -- "$1" | dd bs=65536 count=4 iflag=fullblock 2>/dev/null; }';

/** The temporary file goes away however the subshell ends. */
const guard = `_guard() { t=$1; trap 'rm -f -- "$t"' 0; trap 'exit 80' 1 2 13 15; }`;

/** Standard input becomes a new file, which nobody else may read yet. */
const receive = '_receive() { _guard "$1"; ( umask 077; set -C; cat >"$t" ) || exit 82; }';

/**
 * path, size, mode, owner:group, checksum, validating argv. What is not told stays as it is now; the file is on the
 * disk before it gets its name.
 */
const install = [
  '_install() { p=$1 z=$2 m=$3 o=$4 h=$5; shift 5',
  'if [ -d "$p" ]; then exit 81; fi',
  '[ "$z" = "$(($(wc -c <"$t")))" ] || exit 83',
  `[ -z "$h" ] || [ "$h" = "$(sha256sum <"$t" | cut -c 1-64)" ] || exit 85`,
  `s=$(stat -L -c '%a %u:%g' -- "$p" 2>/dev/null) || s=`,
  'case $o in ?*:?*) ;; *) [ -z "$s" ] || chown "${s#* }" "$t" || exit 84 ;; esac',
  '[ -z "$o" ] || chown "$o" "$t" || exit 84',
  '[ -n "$m" ] || m=${s%% *}',
  'chmod "${m:-0644}" "$t" || exit 84',
  '[ $# = 0 ] || "$@" >&2 || exit 86',
  'sync "$t" 2>/dev/null || sync',
  'mv -f -- "$t" "$p" || exit 87; }',
].join('; ');

/** Functions that every session's shell knows, so that a request is short. */
export const shellLibrary = [stat, regular, digest, text, readFrom, guard, receive, install] as const;
