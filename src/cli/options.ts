import type { Flags } from './parse-options.ts';

const inventory = {
  short: 'i',
  value: 'PATH',
  multiple: true,
  help: 'inventory: file, folder or program; a later one is stronger (inventory/hosts.yml)',
} as const;
const extraVariables = {
  short: 'e',
  value: 'NAME=VALUE',
  multiple: true,
  help: 'set a variable above all others; VALUE is read as YAML; @FILE reads a YAML file',
} as const;
const identity = { value: 'FILE', help: 'private key that opens secrets (~/.config/provision/identity.txt)' } as const;
const help = { short: 'h', help: 'show this text' } as const;

const screenForm = {
  value: 'FORM',
  choices: ['tree', 'plain', 'ndjson'],
  help: 'tree, plain or ndjson (tree on a terminal, plain elsewhere)',
} as const;
const verbose = { short: 'v', help: 'also show steps, output of commands, and the file of an included task' } as const;
const asked = {
  'ask-pass': { short: 'k', help: 'ask for the SSH password' },
  'ask-become-pass': { short: 'K', help: 'ask for the sudo password' },
} as const;

/** What it takes to log in to the hosts of an inventory. */
const access = { 'extra-vars': extraVariables, identity, ...asked } as const;

export const runFlags = {
  inventory,
  limit: { short: 'l', value: 'PATTERN', help: 'only the hosts of PATTERN: names, groups, globs, !not, a:&b, @FILE' },
  tags: { short: 't', value: 'TAGS', multiple: true, help: 'only tasks with one of these tags (comma separated)' },
  'skip-tags': { value: 'TAGS', multiple: true, help: 'no tasks with one of these tags' },
  check: { short: 'C', help: 'change nothing, show what would change' },
  diff: { short: 'D', help: 'show the text before and after each change' },
  'extra-vars': extraVariables,
  forks: { short: 'f', value: 'N', help: 'work on at most N hosts at once (10)' },
  yes: { short: 'y', help: 'answer yes to every confirmation' },
  output: screenForm,
  verbose,
  identity,
  ...asked,
  reinstall: {
    value: 'GUEST',
    multiple: true,
    help: 'install GUEST anew, and lose what is on its disk (may be repeated)',
  },
  adopt: {
    value: 'GUEST',
    multiple: true,
    help: 'take the volume or domain of GUEST that is there for an installed guest (may be repeated)',
  },
  'start-at-task': { value: 'NAME', help: 'begin at the task of this name (globs may be used), wherever it stands' },
  step: { help: 'ask before each task' },
  resume: {
    value: 'RUN',
    optional: true,
    help: 'go on where a run failed or was killed: the last one, or RUN of `provision runs`',
  },
  unconfirmed: {
    value: 'HOW',
    choices: ['again', 'done'],
    help: 'with --resume: commands whose end was not seen run again, or are done (asked)',
  },
  'list-hosts': { help: 'print the hosts of each play and stop' },
  'list-tasks': { help: 'print the tasks of each play and stop' },
  'list-tags': { help: 'print the tags of each play and stop' },
  help,
} as const satisfies Flags;

export const validateFlags = {
  inventory,
  'extra-vars': extraVariables,
  output: {
    value: 'FORM',
    choices: ['text', 'json', 'sarif'],
    help: 'text, json (a list with places) or sarif (for code hosts) (text)',
  },
  format: { value: 'FORM', choices: ['text', 'json', 'sarif'], help: 'the same as --output' },
  help,
} as const satisfies Flags;

export const inventoryFlags = {
  inventory,
  graph: { help: 'print groups and hosts as a tree (what it does without an option)' },
  list: { help: 'print groups, hosts and variables as JSON' },
  host: { value: 'NAME', help: 'print the variables of one host as JSON' },
  addresses: { help: 'print networks, and which guest has which address and why' },
  output: { value: 'FORM', choices: ['text', 'json'], help: 'of the addresses: text (what it does without) or json' },
  help,
} as const satisfies Flags;

export const factsFlags = {
  inventory,
  ...access,
  help,
} as const satisfies Flags;

export const explainFlags = {
  inventory,
  host: { value: 'NAME', help: 'the host whose variable it is; left out, the winner on each' },
  output: { value: 'FORM', choices: ['text', 'json'], help: 'text or json (text)' },
  'extra-vars': extraVariables,
  help,
} as const satisfies Flags;

export const verifyFlags = {
  inventory,
  from: { value: 'HOST', help: 'try ports from this host of the inventory (from this machine)' },
  output: { value: 'FORM', choices: ['table', 'ndjson', 'junit'], help: 'table, ndjson or junit (table)' },
  quiet: { short: 'q', help: 'show only what fails; nothing when all is well, for cron' },
  'extra-vars': extraVariables,
  identity,
  help,
} as const satisfies Flags;

export const runsFlags = {
  all: { help: 'list all runs, not only the last 20' },
  verbose,
  help,
} as const satisfies Flags;

export const undoFlags = {
  inventory,
  limit: { short: 'l', value: 'PATTERN', help: 'only on the hosts of PATTERN' },
  check: { short: 'C', help: 'show what would be put back, and change nothing' },
  diff: { short: 'D', help: 'show the text before and after each change' },
  overwrite: { value: 'THING', multiple: true, help: 'put this back too, although somebody changed it after the run' },
  yes: { short: 'y', help: 'do not ask' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const statusFlags = {
  inventory,
  output: { value: 'FORM', choices: ['table', 'json'], help: 'table or json (table)' },
  watch: { short: 'w', help: 'look again every few seconds, until Ctrl-C' },
  drift: {
    value: 'PLAYBOOK',
    multiple: true,
    help: 'also tell what a run of PLAYBOOK would change, by check mode (may be repeated)',
  },
  ...access,
  help,
} as const satisfies Flags;

export const destroyFlags = {
  inventory,
  check: { short: 'C', help: 'show what would be taken away, and take nothing' },
  prune: { help: 'guests that provision made and the inventory no longer names, on all its hypervisors' },
  'keep-disks': { help: 'leave the volumes of the guests where they are' },
  yes: { short: 'y', help: 'do not ask for the name of each guest to be typed' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const moveFlags = {
  inventory,
  to: { value: 'HOST', help: 'the hypervisor that the guest is to be on' },
  cold: { help: 'shut the guest down, copy its disks, start it there (the default)' },
  live: { help: 'move it while it runs, with its disks and its memory' },
  commit: { help: 'the move has turned out well: remove what is left on the old hypervisor' },
  rollback: { help: 'back to the old hypervisor; what the guest has written since is lost' },
  within: { value: 'SECONDS', help: 'how long the guest may take to shut down (300), or with --live to come over' },
  check: { short: 'C', help: 'show what would be done, and what stands against it' },
  yes: { short: 'y', help: 'do not ask' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const consoleFlags = {
  inventory,
  log: { help: 'print what the console said during the last installation, and stop' },
  ...access,
  help,
} as const satisfies Flags;

export const secretsFlags = {
  inventory,
  identity,
  name: { value: 'NAME', help: 'who you are among the recipients, for init (your login name)' },
  passphrase: { help: 'protect the new identity with a passphrase, for init' },
  help,
} as const satisfies Flags;

export const labFlags = {
  hosts: { value: 'N', help: 'how many hypervisors (1)' },
  suite: { value: 'SUITE', choices: ['bookworm', 'trixie'], help: 'their Debian: bookworm or trixie (bookworm)' },
  debian: { help: 'the guest is a real Debian 13 instead of the mini guest' },
  'no-debian': { help: 'the guest is the mini guest again' },
  name: { value: 'NAME', help: 'one of several labs of this machine (lab)' },
  subnet: { value: 'A.B.C', help: "the lab's network (10.77.0)" },
  inventory: {
    short: 'i',
    value: 'FILE',
    help: 'the inventory to write (inventory/lab.yml; inventory/lab/NAME.yml for another lab)',
  },
  help,
} as const satisfies Flags;

export const helpOnly = { help } as const satisfies Flags;
