import type { Grammar } from './grammar.ts';

/** Ubuntu's server installer with an autoinstall: it tells each step as it begins and ends. */
export const subiquity: Grammar = {
  phases: [
    // start: subiquity/Install/install/curtin_install: installing system
    {
      line: /(?:^|: )start: +subiquity\/(?:Install|Late|Reboot|Shutdown)\/[^:]*: (?!curtin command)(?<phase>.+)/,
      whole: true,
    },
  ],
  stops: [
    // Others may fail and harm nothing: a look for a newer installer, say.
    {
      kind: 'error',
      line: /(?:^|: )(?:finish: +)?(subiquity\/(?:Early|Install|Late)\/[^:]*: FAIL: (?!curtin command).+)/,
    },
    {
      kind: 'error',
      line: /(An error occurred\. Press enter to start a shell)/,
      complete: /Press enter to start a shell/,
    },
    { kind: 'error', line: /(Malformed autoinstall in .*|Autoinstall .*validation (?:error|failed).*)/ },
    { kind: 'question', line: /(Continue with autoinstall\?)/, complete: /\(yes\|no\)/ },
  ],
  advice: [
    {
      words: /Continue with autoinstall/,
      help: 'add `autoinstall` to the arguments of the installer’s kernel: without it nobody but a person may say yes',
    },
    { words: /[Aa]utoinstall.*(?:Malformed|validation)|Malformed autoinstall/, help: 'mend the template of the seed' },
    {
      words: /Mirror|configure_apt|install_kernel|apt-get/,
      help: 'see that the guest reaches the mirror and that `apt` of the autoinstall names it',
    },
    { words: /Late\/|late-commands/, help: 'a command of `late-commands` failed: mend the template of the seed' },
    { words: /block-meta|partition|Filesystem/, help: 'see that the disk is large enough and that `storage` names it' },
  ],
};
