import type { Grammar } from './grammar.ts';

/** Debian's installer with its text front end (`DEBIAN_FRONTEND=text`); questions of the others are known too. */
export const debianInstaller: Grammar = {
  phases: [
    // Installing the base system  ... 0%... 3%
    { line: /^(?!\[)(?<phase>\S.*?)[.\s]* {2}\.\.\.(?:.*?(?<percent>\d+)%)?[^%]*$/ },
    { line: /^[\s.]*(?:\d+%[\s.]*)*?(?<percent>\d+)%[\s.]*$/ },
  ],
  stops: [
    { kind: 'error', line: /^!! ERROR: (.*)/, complete: /\[Press enter to continue\]|^Prompt: / },
    { kind: 'error', line: /^(Installation step failed|Bad archive mirror)/ },
    // A title stands above what waits for an answer, and above nothing else. For a password there is no prompt.
    { kind: 'question', line: /^-{3,} *$/, underlines: true, complete: /^Prompt: |\[Press enter to continue\]/ },
    { kind: 'question', line: /\[!!\] ?(.*?)[\s│├┤┐─|]*$/ },
    { kind: 'question', line: /Prompt: '\?' for help/, complete: /Prompt: '\?' for help/ },
    { kind: 'question', line: /\[Press enter to continue\]/, complete: /\[Press enter to continue\]/ },
  ],
  advice: [
    {
      words: /archive mirror|Debian archive/i,
      help: 'see that the guest reaches the mirror: `mirror`, `mirror_proxy` and `suite` of the inventory',
    },
    {
      words: /kernel modules/i,
      help: 'the installer files no longer match the mirror: remove them from the host, so that they are fetched anew',
    },
    {
      words: /autoconfiguration|Configure the network/i,
      help: 'see that the network is active and has a reservation for the MAC address of the guest',
    },
    {
      words: /preconfiguration file/i,
      help: 'see that the firewall of the host lets the guest reach the address the seed is served on',
    },
    {
      words: /preseeded command/i,
      help: 'a command of the seed failed: mend `preseed/late_command` in the template of the seed',
    },
    {
      words: /password/,
      help: 'the seed leaves out a password: see `passwd/user-password-crypted` and `passwd/root-login` in its template',
    },
    {
      words: /No disk drive|No partitionable media/i,
      help: 'the guest has no disk that its installer knows: give its `<disk>` the bus `virtio`',
    },
    {
      words: /No root file system/i,
      help: 'the seed leaves the disk without a root: see `partman-auto/disk` and the recipe in the template of the seed',
    },
    {
      words: /installation step failed/i,
      help: 'the installer’s own log (/var/log/syslog in it) says why: most often a full disk or an incomplete mirror',
    },
    { words: /[Pp]artition|file system|disk/, help: 'see that the disk is large enough and that the seed names it' },
  ],
  goesDown: /^Requesting system (?:poweroff|halt|reboot)/,
  hostKeys: { from: /PROVISION-HOST-KEY /, to: / PROVISION-END/, wrapped: true },
};
