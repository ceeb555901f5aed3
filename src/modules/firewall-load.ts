// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

/**
 * A shell function: `load 4`, or `load 6`, with a fragment on its standard input. Jumps to the fragment's chains that
 * are there now are taken out in the transaction that loads it, so that loading twice changes nothing, and loading
 * again puts them back into their place.
 */
export const loadFunction = String.raw`load() (
  case $1 in 6) family=ip6tables ;; *) family=iptables ;; esac
  fragment=$(cat)
  save=$("$family-save") || exit
  printf '%s\n' "$fragment" | sed -n 's/^#address \([^ ]*\) \([^ ]*\)$/addr replace \1 dev \2/p' | ip -batch - || exit
  printf '%s\n#fragment\n%s\n' "$save" "$fragment" | awk '
    /^#fragment/ { ours = 1; next }
    /^\*/ { table = $1 }
    !ours && /^-A / && $(NF - 1) == "-j" { n++; rule[n] = $0; at[n] = table; from[n] = $2; to[n] = $NF }
    !ours || /^#/ { next }
    /^:/ { declared[substr($1, 2)] }
    /^[-C]/ && told != table {
      told = table
      for (i = 1; i <= n; i++)
        if (at[i] == table && (to[i] in declared) && !(from[i] in declared)) print "-D" substr(rule[i], 3)
    }
    { print }' | "$family-restore" -w 5 --noflush
)`;

/** Loads the fragment of its standard input. */
export function loadCommand(version: 4 | 6): readonly string[] {
  return ['sh', '-c', `${loadFunction}\nload "$1"`, 'provision-firewall', String(version)];
}
