import { rm } from 'node:fs/promises';
import { provision } from '../contenders/contenders.ts';
import { workFolder } from '../rig/names.ts';
import { hostKey } from '../rig/ssh-files.ts';
import { edgeAnsibleFiles } from './edge-ansible-files.ts';
import { edgeHost } from './edge-model.ts';
import { edgeProvisionFiles } from './edge-provision-files.ts';
import { expectedEdge, observedEdge, resetEdge } from './edge-state.ts';
import { digest } from './host-state.ts';
import { requireEqual } from './host-work.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';

const folders = { provision: `${workFolder}/edge-provision`, ansible: `${workFolder}/edge-ansible` };

/** What Ansible does in a minute, and what a pool has. */
export const edgeGuests = [200, 1000];
export const edgeRtts = [0, 40];

/** One host that is DHCP server and firewall of many guests: a reservation and an accept for each. */
export const edgeWork: Work = {
  contenders: ['provision', 'ansible_tuned'],
  phases: ['converge', 'nochange'],
  prepare: async (guests) => {
    // A project of the cell before has other addresses on record.
    await rm(folders.provision, { recursive: true, force: true });
    await writeFiles(folders.provision, await edgeProvisionFiles(guests, await hostKey()));
    await writeFiles(folders.ansible, edgeAnsibleFiles(guests));
  },
  command: (contender) =>
    contender === 'provision'
      ? { argv: [...provision, 'edge.yml'], folder: folders.provision }
      : {
          argv: ['ansible-playbook', 'edge.yml'],
          folder: folders.ansible,
          environment: { ANSIBLE_CONFIG: 'tuned.cfg' },
        },
  reset: () => resetEdge(edgeHost),
  verify: async (_rig, guests) => {
    const observed = await observedEdge(edgeHost);
    requireEqual(edgeHost, observed, expectedEdge(guests));
    return digest([observed]);
  },
};
