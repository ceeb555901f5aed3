import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { complete } from './complete.ts';

const usage = `Usage: provision completion bash | zsh | fish

Prints what makes a shell complete verbs, options, hosts, tags, modules and codes. To have it at every login:

  bash  provision completion bash > /etc/bash_completion.d/provision
  zsh   provision completion zsh > "\${fpath[1]}/_provision"
  fish  provision completion fish > ~/.config/fish/completions/provision.fish
`;

/** Each asks \`provision completion -- WORDS\` how the words may go on, and offers files when nothing comes back. */
const scripts = {
  bash: `_provision() {
  local IFS=$'\\n' line
  COMPREPLY=()
  for line in $(provision completion -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done
}
complete -o bashdefault -o default -F _provision provision
`,
  zsh: `#compdef provision
_provision() {
  local line
  local -a candidates
  for line in "\${(@f)$(provision completion -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#candidates )); then _describe provision candidates; else _files; fi
}
if [[ $funcstack[1] == _provision ]]; then _provision "$@"; else compdef _provision provision; fi
`,
  fish: `function __provision_complete
  set -l words (commandline -opc) "$(commandline -ct)"
  set -l candidates (provision completion -- $words[2..] 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$(commandline -ct)"
  end
end
complete -c provision -f -a '(__provision_complete)'
`,
} as const;

/** `provision completion SHELL`; for the scripts themselves, `provision completion -- WORD…`. */
export async function completionCommand(argv: readonly string[]): Promise<number> {
  const [shell, ...words] = argv;
  if (shell === '--') process.stdout.write(linesFor(words));
  else if (shell === undefined || shell === '--help' || shell === '-h') process.stdout.write(usage);
  else process.stdout.write(scriptFor(shell));
  return 0;
}

function linesFor(words: readonly string[]): string {
  return complete(words)
    .map(({ text, meaning }) => `${text}\t${meaning}\n`)
    .join('');
}

function scriptFor(shell: string): string {
  const known = Object.keys(scripts) as (keyof typeof scripts)[];
  const name = known.find((each) => each === shell);
  if (name) return scripts[name];
  const help = didYouMean(shell, known) ?? known.join(', ');
  throw problem('PV0003', `there is no completion for \`${shell}\``, { help });
}
