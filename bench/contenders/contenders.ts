import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/lab/package-root.ts';
import { nodeProgram, rigHosts, workFolder } from '../rig/names.ts';
import { hostKey } from '../rig/ssh-files.ts';
import { ansibleFiles } from '../work/ansible-files.ts';
import { floorFiles } from '../work/floor-files.ts';
import { provisionFiles } from '../work/provision-files.ts';
import { sketchFiles } from '../work/sketch-files.ts';
import { writeFiles } from '../work/write-files.ts';

export const contenderNames = [
  ...(['provision', 'sketch', 'pipe', 'floor'] as const),
  ...(['ansible_default', 'ansible_tuned', 'mitogen'] as const),
];
export type ContenderName = (typeof contenderNames)[number];

/** A program as it is started, without a shell around it. */
export interface Command {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export const provision = [nodeProgram, `${packageRoot}dist/cli/main.js`];

const folders = {
  provision: `${workFolder}/provision`,
  sketch: `${workFolder}/sketch`,
  floor: `${workFolder}/floor`,
  ansible: `${workFolder}/ansible`,
};

/** Writes what every contender needs for the work on so many hosts. */
export async function writeContenders(count: number): Promise<void> {
  const hosts = rigHosts(count);
  const key = await hostKey();
  await writeFiles(folders.provision, provisionFiles(hosts, key));
  await writeFiles(folders.sketch, sketchFiles(hosts, key));
  await writeFiles(folders.floor, floorFiles(hosts));
  await writeFiles(folders.ansible, ansibleFiles(hosts));
}

export function commandOf(contender: ContenderName, work: 'w1' | 'w2'): Command {
  switch (contender) {
    case 'provision':
      return { argv: [...provision, `${work}.yml`], folder: folders.provision };
    case 'sketch':
    case 'pipe':
      return {
        argv: [nodeProgram, script(work === 'w1' ? 'sketch' : 'pipe'), 'model.json'],
        folder: folders.sketch,
      };
    case 'floor':
      return { argv: ['sh', `${work}.sh`], folder: folders.floor };
    case 'ansible_default':
    case 'ansible_tuned':
    case 'mitogen':
      return {
        argv: ['ansible-playbook', `${work}-${contender}.yml`],
        folder: folders.ansible,
        environment: { ANSIBLE_CONFIG: `${contender}.cfg` },
      };
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
}
