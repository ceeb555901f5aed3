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
const receive = '_receive() { ( umask 077; set -C; cat >"$t" ) || exit 82; }';

/** Says a text without a process, whose arguments everybody could read; one shell or other has no `printf` of its own. */
const say = 'case $(command -v printf) in /*) _o() { print -rn -- "$1"; } ;; *) _o() { printf %s "$1"; } ;; esac';

/** A short text becomes the new file: text, and which rights it is not to have. */
const put = '_put() { umask "$2"; set -C; _o "$1" >"$t" || exit 82; umask 022; set +C; }';

/**
 * path, size, mode, owner:group, checksum, validating argv. What is not told stays as it is now; the file is on the
 * disk before it gets its name. $n is the new file and $s the old: mode and owner, as numbers and as names. $g says what
 * was done for many files at once: `-` that the new one is on the disk, or else what it is like, too.
 */
const install = [
  '_install() { p=$1 z=$2 m=$3 o=$4 h=$5 y=; shift 5',
  'if [ -d "$p" ]; then exit 81; fi',
  `if [ -e "$p" ] || [ "\${g:--}" = - ]; then s=$(stat -L -c '%s %a %u:%g %U:%G' -- "$t" "$p" 2>/dev/null); else s=$g; fi`,
  'n=${s%%"$_n"*}',
  '[ "$z" = "${n%% *}" ] || exit 83',
  'n=${n#* }',
  'w=${n%% *}',
  'case $s in *"$_n"*) s=${s#*"$_n"}; s=${s#* } ;; *) s= ;; esac',
  `[ -z "$h" ] || [ "$h" = "$(sha256sum <"$t" | cut -c 1-64)" ] || exit 85`,
  '[ -n "$m" ] || m=${s%% *}',
  'n=${n#* } s=${s#* }',
  'u=${n#* } v=${s%% *}',
  'case $o in ?*:?*) ;; *) [ -z "$v" ] || [ "$v" = "${n%% *}" ] || { chown "$v" "$t" && u= y=1; } || exit 84 ;; esac',
  '[ -z "$o" ] || [ "$o" = "$u" ] || { chown "$o" "$t" && y=1; } || exit 84',
  '[ "${m:=644}" = "$w" ] || { chmod "$m" "$t" && y=1; } || exit 84',
  '[ $# = 0 ] || { "$@" >&2 && y=1; } || exit 86',
  '{ [ "$g" ] && [ -z "$y" ]; } || sync "$t" 2>/dev/null || sync',
  'mv -f -- "$t" "$p" || exit 87; }',
].join('; ');

/**
 * Several files of one request, numbered from 1: all of them are made ready, with few processes, and then each gets its
 * name in its turn. $I is whose turn it is, $X all temporary files, as text for `eval`. Whatever cannot be made ready is
 * left to its turn, as if it were alone.
 */
const many = [
  `_many() { I=1 J=0 K=0 X= N=; trap '_r=$?; eval "rm -f -- $X"; _p "$_r $I"' 0; trap 'exit 80' 1 2 13 15; }`,
  // temporary file, text, which rights it is not to have, path
  '_make() { K=$((K+1)); eval "t$K=\\$1 g$K=-"; X="$X \\"\\$t$K\\""; umask "$3"; set -C; if { _o "$2" >"$1"; } 2>/dev/null',
  'then [ -e "$4" ] || N="$N $K"; else rm -f -- "$1"; eval "g$K= c$K=\\$2 r$K=\\$3"; fi; umask 022; set +C; }',
  `_ready() { eval "sync $X" 2>/dev/null || sync; [ "$N" ] || return 0; x=; for k in $N; do x="$x \\"\\$t$k\\""; done`,
  `l=$(eval "stat -c '%s %a %u:%g %U:%G' -- $x" 2>/dev/null) || return 0`,
  'IFS=$_n; set -f; set -- $l; unset IFS; set +f; for k in $N; do eval "g$k=\\$1"; shift; done; }',
  '_next() { J=$((J+1)); eval "t=\\$t$J g=\\$g$J"; [ "$g" ] || eval "_put \\"\\$c$J\\" \\"\\$r$J\\""; }',
  '_told() { _p "0 $I"; I=$((I+1)); }',
].join('; ');

/** What a session's shell must know to write a file, so that a request is short. */
export const writeLibrary = [[guard, receive, say, put, install, many].join('; ')] as const;
