import { stringify } from 'yaml';
import { privateKeyFile, type RigHost } from '../rig/names.ts';
import { noOps, type Task, tasks, templates, variables } from './model.ts';
import { ejsText, hostValues } from './template.ts';

/** Files by their path in the project. */
export type Files = Readonly<Record<string, string>>;

/** A project as a user would write it for this work. */
export function provisionFiles(hosts: readonly RigHost[], hostKey: string): Files {
  const w2 = Array.from({ length: noOps }, (_, index) => ({
    name: `no-op ${index + 1}`,
    changed_when: false,
    'shell.command': { argv: ['/bin/true'] },
  }));
  const written = [...templates].map(([name, pieces]) => [`templates/${name}.ejs`, ejsText(pieces)]);
  return {
    'inventory/hosts.yml': inventory(hosts, hostKey),
    'w1.yml': playbook('W1', tasks.map(taskText)),
    'w2.yml': playbook('W2', w2),
    ...Object.fromEntries(written),
  };
}

function playbook(name: string, list: readonly object[]): string {
  return stringify([{ name, hosts: 'servers', tasks: list }]);
}

function inventory(hosts: readonly RigHost[], hostKey: string): string {
  const ssh = { user: 'root', private_key_file: privateKeyFile, host_key: hostKey };
  const entries = hosts.map((host) => [host.name, { ...hostValues(host), ssh: { host: host.address } }]);
  return stringify({ servers: { vars: { ...variables, ssh }, hosts: Object.fromEntries(entries) } });
}

function taskText(task: Task): object {
  switch (task.kind) {
    case 'directory': {
      const { path, mode, owner } = task;
      return { name: `directory ${path}`, 'file.directory': { path: below(path), mode, owner, group: owner } };
    }
    case 'template': {
      const { path, mode, template } = task;
      return { name: path, 'file.template': { template: `${template}.ejs`, path: below(path), mode } };
    }
    case 'line': {
      const { path, match, line } = task;
      return { name: line, 'file.line': { path: below(path), match, line } };
    }
    case 'command': {
      const path = below(task.creates);
      return { name: `build ${task.creates}`, 'shell.command': { argv: ['touch', path], creates: path } };
    }
    case 'rule': {
      const rule = { chain: 'INPUT', protocol: 'tcp', destination_port: task.port, jump: 'ACCEPT' };
      return { name: `port ${task.port}`, 'iptables.rule': rule };
    }
  }
}

function below(path: string): string {
  return `<%= folder %>/${path}`;
}
