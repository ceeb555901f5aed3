import {
  consoleFlags,
  destroyFlags,
  explainFlags,
  factsFlags,
  helpOnly,
  inventoryFlags,
  labFlags,
  moveFlags,
  runFlags,
  runsFlags,
  secretsFlags,
  statusFlags,
  undoFlags,
  validateFlags,
  verifyFlags,
} from './options.ts';
import type { Flags } from './parse-options.ts';

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly flags: Flags;
  /** What its words name, for those who complete them: files where it is left out. */
  readonly words?: 'hosts' | 'runs' | 'documented' | readonly string[];
}

/** What `provision` can be told to do, in the order of its help. */
export const verbs = [
  {
    name: 'run',
    summary: 'make hosts what the playbooks say',
    flags: runFlags,
  },
  {
    name: 'runs',
    summary: 'list earlier runs, or show one again',
    flags: runsFlags,
    words: ['show'],
  },
  {
    name: 'undo',
    summary: 'put back what a run changed',
    flags: undoFlags,
    words: 'runs',
  },
  {
    name: 'validate',
    summary: 'check playbooks and inventory without connecting',
    flags: validateFlags,
  },
  {
    name: 'inventory',
    summary: 'show groups, hosts and their variables',
    flags: inventoryFlags,
  },
  {
    name: 'explain',
    summary: 'say where the value of a variable comes from, and what uses it',
    flags: explainFlags,
  },
  {
    name: 'facts',
    summary: 'print what hosts are: system, addresses, memory, libvirt',
    flags: factsFlags,
    words: 'hosts',
  },
  {
    name: 'verify',
    summary: 'prove from outside that guests are reached as they should be',
    flags: verifyFlags,
    words: 'hosts',
  },
  {
    name: 'status',
    summary: 'show hypervisors and guests as they are: phase, address, disk, what waits for a restart',
    flags: statusFlags,
    words: 'hosts',
  },
  {
    name: 'console',
    summary: 'attach the terminal to the serial console of a guest',
    flags: consoleFlags,
    words: 'hosts',
  },
  {
    name: 'destroy',
    summary: 'take guests away with all that was made for them',
    flags: destroyFlags,
    words: 'hosts',
  },
  {
    name: 'move',
    summary: 'move a guest to another hypervisor, with its disks',
    flags: moveFlags,
    words: 'hosts',
  },
  {
    name: 'secrets',
    summary: 'keep the secrets that playbooks and inventory name, encrypted',
    flags: secretsFlags,
    words: ['init', 'show', 'set', 'edit', 'add-recipient', 'remove-recipient', 'rotate'],
  },
  {
    name: 'doc',
    summary: 'explain a module or the code of an error',
    flags: helpOnly,
    words: 'documented',
  },
  {
    name: 'schema',
    summary: 'print the JSON schema that editors complete playbooks with',
    flags: helpOnly,
    words: ['playbook', 'inventory'],
  },
  {
    name: 'completion',
    summary: 'print what makes a shell complete command lines',
    flags: helpOnly,
    words: ['bash', 'zsh', 'fish'],
  },
  {
    name: 'lab',
    summary: 'Debian hosts on this machine to try things on (Linux, root)',
    flags: labFlags,
    words: ['up', 'status', 'shell', 'down', 'quickstart'],
  },
] as const satisfies readonly Verb[];

export type VerbName = (typeof verbs)[number]['name'];
