import { stringify } from 'yaml';
import { privateKeyFile, type RigHost, sshConfigFile } from '../rig/names.ts';
import { noOps, type Task, tasks, templates, variables } from './model.ts';
import type { Files } from './provision-files.ts';
import { hostValues, jinjaText } from './template.ts';

export const ansibleSetUps = {
  /** As it comes. */
  ansible_default: { facts: true, forks: 5, pipelining: false },
  /** What its documentation advises for speed. */
  ansible_tuned: { facts: false, forks: 50, pipelining: true, strategy: 'free' },
  /** Debian's package puts its strategies among Ansible's own. */
  mitogen: { facts: false, forks: 50, pipelining: true, strategy: 'mitogen_free' },
} as const;

interface AnsibleSetUp {
  readonly facts: boolean;
  readonly forks: number;
  readonly pipelining: boolean;
  readonly strategy?: string;
}

export function ansibleFiles(hosts: readonly RigHost[]): Files {
  const setUps = Object.entries<AnsibleSetUp>(ansibleSetUps).flatMap(([name, setUp]) => {
    return [
      [`${name}.cfg`, settings(setUp)],
      [`w1-${name}.yml`, playbook(setUp, tasks.map(taskText))],
      [`w2-${name}.yml`, playbook(setUp, w2)],
    ];
  });
  const written = [...templates].map(([name, pieces]) => [`templates/${name}.j2`, jinjaText(pieces)]);
  return { 'hosts.yml': inventory(hosts), ...Object.fromEntries([...setUps, ...written]) };
}

const w2 = Array.from({ length: noOps }, (_, index) => ({
  name: `no-op ${index + 1}`,
  'ansible.builtin.command': { cmd: '/bin/true' },
  changed_when: false,
}));

function playbook({ facts, strategy }: AnsibleSetUp, list: readonly object[]): string {
  return stringify([{ hosts: 'servers', gather_facts: facts, ...(strategy && { strategy }), tasks: list }]);
}

export function settings({ forks, pipelining, facts }: AnsibleSetUp): string {
  const fast = facts ? [] : ['gathering = explicit', 'interpreter_python = /usr/bin/python3'];
  const master = `-F ${sshConfigFile}${facts ? ' -C' : ''} -o ControlMaster=auto -o ControlPersist=60s`;
  return [
    '[defaults]',
    'inventory = hosts.yml',
    `forks = ${forks}`,
    'remote_user = root',
    `private_key_file = ${privateKeyFile}`,
    ...fast,
    '[ssh_connection]',
    `ssh_args = ${master}`,
    `pipelining = ${pipelining}`,
    '',
  ].join('\n');
}

function inventory(hosts: readonly RigHost[]): string {
  const entries = hosts.map((host) => [host.name, { ...hostValues(host), ansible_host: host.address }]);
  return stringify({ servers: { vars: variables, hosts: Object.fromEntries(entries) } });
}

function taskText(task: Task): object {
  switch (task.kind) {
    case 'directory': {
      const { path, mode, owner } = task;
      const file = { path: below(path), state: 'directory', mode, owner, group: owner };
      return { name: `directory ${path}`, 'ansible.builtin.file': file };
    }
    case 'template': {
      const { path, mode, template } = task;
      return { name: path, 'ansible.builtin.template': { src: `${template}.j2`, dest: below(path), mode } };
    }
    case 'line': {
      const { path, match, line } = task;
      return { name: line, 'ansible.builtin.lineinfile': { path: below(path), regexp: match, line } };
    }
    case 'command': {
      const path = below(task.creates);
      return { name: `build ${task.creates}`, 'ansible.builtin.command': { argv: ['touch', path], creates: path } };
    }
    case 'rule': {
      const rule = { chain: 'INPUT', protocol: 'tcp', destination_port: String(task.port), jump: 'ACCEPT' };
      return { name: `port ${task.port}`, 'ansible.builtin.iptables': rule };
    }
  }
}

function below(path: string): string {
  return `{{ folder }}/${path}`;
}
