import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { provision } from '../contenders/contenders.ts';
import { controllerNamespace, workFolder } from '../rig/names.ts';
import type { Rig } from '../rig/rig.ts';
import { digest } from './host-state.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';

const folder = `${workFolder}/simulated`;
/** One, as many as there are real ones, and many more: what a host costs among few and among many. */
export const simulatedHosts = [1, 50, 1000];

const playbook = `
- name: many hosts
  hosts: many
  tasks:
    - name: its name
      file.content: { path: "<%= folder %>/name", content: "<%= host %>\\n" }
`;

let running: { readonly child: ChildProcess; readonly homes: string } | undefined;

/**
 * One task on many hosts, more than this machine has room for: all are one process that speaks the real protocol, with
 * a shell of this machine for each. Its CPU counts as that of the hosts.
 */
export const simulatedWork: Work = {
  contenders: ['provision'],
  phases: ['converge', 'nochange'],
  prepare: async (hosts, rig) => {
    running?.child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFiles(folder, { 'site.yml': playbook });
    running = await start(hosts, rig);
  },
  command: () => ({ argv: [...provision, 'site.yml', '--inventory', 'hosts.yml'], folder }),
  reset: async (_rig, hosts) => {
    await Promise.all(names(hosts).map((name) => rm(`${running?.homes}/${name}/name`, { force: true })));
  },
  verify: async (_rig, hosts) => {
    const found = await Promise.all(names(hosts).map((name) => readFile(`${running?.homes}/${name}/name`, 'utf8')));
    const wrong = names(hosts).filter((name, at) => found[at] !== `${name}\n`);
    if (wrong.length > 0) throw new Error(`not as it should be: ${wrong.join(', ')}`);
    return digest([found]);
  },
};

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `host${index}`);
}

async function start(hosts: number, { hostsGroup }: Rig) {
  const script = fileURLToPath(new URL('../rig/simulate.ts', import.meta.url));
  const [program = '', ...words] = [
    ...[...hostsGroup.words(), 'nsenter', `--net=/run/netns/${controllerNamespace}`],
    ...[process.execPath, '--import', 'tsx', script, String(hosts), `${folder}/hosts.yml`],
  ];
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  for await (const homes of createInterface({ input: child.stdout })) return { child, homes };
  throw new Error('the simulated hosts did not start');
}
