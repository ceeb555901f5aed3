import type { Grammar } from './grammar.ts';

const phases = [
  'Starting automated install',
  'Checking software selection',
  'Checking storage configuration',
  'Setting up the installation environment',
  'Configuring storage',
  'Running pre-installation scripts',
  'Running pre-installation tasks',
  'Starting package installation process',
  'Downloading packages',
  'Preparing transaction from installation source',
  'Performing post-installation setup tasks',
  'Installing boot loader',
  'Configuring installed system',
  'Writing network configuration',
  'Creating users',
  'Configuring addons',
  'Generating initramfs',
  'Storing configuration files and kickstarts',
  'Running post-installation scripts',
];

/** Anaconda in text mode with a kickstart: Fedora, RHEL and what is made of them. */
export const anaconda: Grammar = {
  phases: [
    { line: new RegExp(`^\\.*(?<phase>${phases.join('|')})`) },
    // Installing glibc.x86_64 (27/309)
    { line: /^Installing \S+ \((?<count>\d+)\/(?<of>\d+)\)/, phase: 'Installing packages' },
    { line: /^(?:Configuring|Verifying) \S+ \((?<count>\d+)\/(?<of>\d+)\)/, phase: 'Verifying packages' },
  ],
  stops: [
    { kind: 'error', line: /^((?:storage configuration|software selection) failed)/i },
    { kind: 'error', line: /^((?:The following|An unknown) (?:fatal )?error (?:has )?occurr?ed.*)/ },
    { kind: 'error', line: /^(The following problem occurred on line \d+ of the kickstart file.*)/ },
    { kind: 'error', line: /^(An error occurred (?:during|while) .*)/ },
    { kind: 'error', line: /^(Error setting up (?:software source|base repository).*)/i },
    { kind: 'error', line: /(anaconda: failed to fetch kickstart.*)/ },
    { kind: 'error', line: /(Pane is dead)/ },
    {
      kind: 'question',
      line: /^\s*Please make (?:your choice|a selection) from (?:the )?above/,
      title: 'what is marked with [!] is open',
      complete: /'r' to refresh\]/,
    },
    { kind: 'question', line: /^(Press ENTER to (?:exit|continue)|Please respond 'yes' or 'no')/ },
  ],
  advice: [
    {
      words: /fetch kickstart/,
      help: 'see that the guest reaches the address its kickstart is served on (`inst.ks=`)',
    },
    { words: /kickstart file/, help: 'mend that line in the template of the seed' },
    {
      words: /software source|software selection failed|base repository/i,
      help: 'see that the guest reaches the repository: `url` and `repo` of the kickstart, `inst.repo=` of the kernel',
    },
    {
      words: /storage configuration failed|No disks selected/i,
      help: 'see that the disk is large enough and that `ignoredisk`, `clearpart` and `autopart` of the kickstart name it',
    },
    { words: /\[!\]/, help: 'what is marked with [!] is missing from the kickstart' },
  ],
};
