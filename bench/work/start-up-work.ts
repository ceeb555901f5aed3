import { provision } from '../contenders/contenders.ts';
import { nodeProgram, rigHosts, workFolder } from '../rig/names.ts';
import { hostKey } from '../rig/ssh-files.ts';
import { provisionFiles } from './provision-files.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';

const folder = `${workFolder}/start-up`;
const empty = '- name: nothing to do\n  hosts: here\n  tasks: []\n';
const here = 'here:\n  hosts:\n    alfa: { ssh: { connection: local } }\n';

const commands: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': [nodeProgram, '-e', '0'],
  'provision --version': [...provision, '--version'],
  'provision --help': [...provision, '--help'],
  'provision validate': [...provision, 'validate', 'w1.yml'],
  'empty playbook': [...provision, 'empty.yml', '--inventory', 'here.yml'],
};

/** What it takes to begin, beside a Node that does nothing. */
export const startUpWork: Work = {
  contenders: Object.keys(commands),
  phases: ['run'],
  prepare: async () => {
    const project = provisionFiles(rigHosts(10), await hostKey());
    await writeFiles(folder, { ...project, 'empty.yml': empty, 'here.yml': here });
  },
  command: (name) => ({ argv: commands[name] ?? [], folder }),
};
