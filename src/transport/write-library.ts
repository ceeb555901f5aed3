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

/** The temporary file goes away however the subshell ends. */
const guard = `_guard() { t=$1; trap 'rm -f -- "$t"' 0; trap 'exit 80' 1 2 13 15; }`;

/** Standard input becomes a new file, which nobody else may read yet. */
const receive = '_receive() { _guard "$1"; ( umask 077; set -C; cat >"$t" ) || exit 82; }';

/** Says a text without a process, whose arguments everybody could read; one shell or other has no `printf` of its own. */
const say = 'case $(command -v printf) in /*) _o() { print -rn -- "$1"; } ;; *) _o() { printf %s "$1"; } ;; esac';

/** A short text becomes a new file: path, text, and which rights it is not to have. */
const put = '_put() { _guard "$1"; umask "$3"; set -C; _o "$2" >"$t" || exit 82; umask 022; set +C; }';

/**
 * path, size, mode, owner:group, checksum, validating argv. What is not told stays as it is now; the file is on the
 * disk before it gets its name. $n is the new file and $s the old: mode and owner, as numbers and as names.
 */
const install = [
  '_install() { p=$1 z=$2 m=$3 o=$4 h=$5; shift 5',
  'if [ -d "$p" ]; then exit 81; fi',
  `s=$(stat -L -c '%s %a %u:%g %U:%G' -- "$t" "$p" 2>/dev/null)`,
  'n=${s%%"$_n"*}',
  '[ "$z" = "${n%% *}" ] || exit 83',
  'n=${n#* }',
  'w=${n%% *}',
  'case $s in *"$_n"*) s=${s#*"$_n"}; s=${s#* } ;; *) s= ;; esac',
  `[ -z "$h" ] || [ "$h" = "$(sha256sum <"$t" | cut -c 1-64)" ] || exit 85`,
  '[ -n "$m" ] || m=${s%% *}',
  'n=${n#* } s=${s#* }',
  'u=${n#* } v=${s%% *}',
  'case $o in ?*:?*) ;; *) [ -z "$v" ] || [ "$v" = "${n%% *}" ] || { chown "$v" "$t" && u=; } || exit 84 ;; esac',
  '[ -z "$o" ] || [ "$o" = "$u" ] || chown "$o" "$t" || exit 84',
  '[ "${m:=644}" = "$w" ] || chmod "$m" "$t" || exit 84',
  '[ $# = 0 ] || "$@" >&2 || exit 86',
  'sync "$t" 2>/dev/null || sync',
  'mv -f -- "$t" "$p" || exit 87',
  'trap - 0; }',
].join('; ');

/** What a session's shell must know to write a file, so that a request is short. */
export const writeLibrary = [[guard, receive, say, put, install].join('; ')] as const;
