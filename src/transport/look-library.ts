// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

/** Two lines: mode in hex, size, ids, names; where it is a link, what it leads to. */
const stat = `_stat() { stat -c '%f %s %u:%g %U:%G' -- "$1" && { [ ! -h "$1" ] || readlink -n -- "$1"; }; }`;

/** Refuses what must not be opened: a pipe would be waited for. Whatever else is wrong is left to the tool to tell. */
const regular =
  '_regular() { [ ! -e "$1" ] || [ -f "$1" ] || { if [ -d "$1" ]; then echo "$1: Is a directory"; ' +
  'else echo "$1 is no regular file"; fi >&2; return 1; }; }';

const digest = '_digest() { _regular "$1" && sha256sum -- "$1"; }';
/** Ended by a NUL, for a name may have line breaks. */
const real = '_real() { readlink -m -z -- "$1"; }';
const text = '_text() { _regular "$1" && cat -- "$1"; }';

/** path, first byte from 1: at most 256 KiB. */
export const readFromLibrary = [
  '_from() { _regular "$1" && tail -c "+$2" -- "$1" | dd bs=65536 count=4 iflag=fullblock 2>/dev/null; }',
] as const;

/** Ends an answer: the exit status, and which looks it is the answer to. */
const part = '_p() { _m "P$*"; }';

/** The paths of some looks, as text for `eval`. */
const paths = '_r() { r=; for w do r="$r \\"\\$P\\${${w#?}}\\""; done; }';

/** As many complaints in $e as there are looks, each of which proves an absence. */
const gone = [
  '_g() { c=$#; IFS=$_n; set -f; set -- $e; unset IFS; set +f; [ $# = $c ] || return 1',
  'for l do case $l in *": No such file or directory"|*": Not a directory") ;; *) return 1 ;; esac; done; }',
].join('; ');

/**
 * Many looks with few processes. $1 says which (`s1 d1 t2`: stat and digest of the first path, text of the second), $2
 * what all paths begin with; the rest of each follows. One process for all that are absent (`A s1 d1`), one `readlink`, `stat` and `sha256sum` for what they can answer
 * with a line each (`0 s2 s3`); where one of these fails (`F`), and for all else, each is looked at alone (`0 t2`). No
 * process for what has no content, being a directory (`D d4`).
 */
const looks = [
  '_l() { k=$1 P=$2; shift 2; a= b= f= s= d= x=',
  'for w in $k; do eval "q=\\$P\\${${w#?}}"',
  'if [ "${w%%[0-9]*}" = r ]; then f="$f $w"',
  'elif [ ! -e "$q" ] && [ ! -h "$q" ]; then a="$a $w"',
  'elif [ "${w%%[0-9]*}" != s ] && [ -d "$q" ]; then b="$b $w"',
  'elif [ "${w%%[0-9]*}" = s ] && [ ! -h "$q" ]; then s="$s $w"',
  'elif [ "${w%%[0-9]*}" = d ] && [ -f "$q" ]; then d="$d $w"',
  'else x="$x $w"; fi; done',
  'if [ "$a" ]; then _r $a; e=$(eval "stat -- $r" 2>&1); if _g $a; then _p "A$a"; else x="$x$a"; fi; fi',
  `if [ "$s" ]; then _r $s; eval "stat -c '%f %s %u:%g %U:%G' -- $r" 2>/dev/null && _p "0$s" || { _p F; x="$x$s"; }; fi`,
  'if [ "$d" ]; then _r $d; eval "sha256sum -- $r" 2>/dev/null && _p "0$d" || { _p F; x="$x$d"; }; fi',
  '[ -z "$b" ] || _p "D$b"',
  'if [ "$f" ]; then _r $f; eval "readlink -m -z -- $r" 2>/dev/null && _p "0$f" || { _p F; x="$x$f"; }; fi',
  'for w in $x; do eval "q=\\$P\\${${w#?}}"',
  'case $w in r*) _real "$q" ;; s*) _stat "$q" ;; d*) _digest "$q" ;; *) _text "$q" ;; esac; _p $? $w; done; }',
].join('; ');

/** The eyes of a session's shell. */
export const lookLibrary = [stat, regular, digest, real, text, part, paths, gone, looks] as const;
