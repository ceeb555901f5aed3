import { copyFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { down, up } from '../../src/lab/lab.ts';
import { status } from '../../src/lab/status.ts';
import type { Project } from './cli.ts';
import { hypervisor } from './guest-login.ts';
import { networkAfter, resetHost, testLab } from './lab.ts';
import type { LabSite } from './stand-in.ts';

const quiet = () => undefined;

/** A lab of its own: all hosts of one have the same Debian. */
const trixieLab = {
  name: `${testLab.name.slice(0, 8)}t`,
  subnet: networkAfter(testLab.subnet, 1),
  inventory: `inventory/lab/${testLab.name}-trixie.yml`,
};

const labs = { bookworm: testLab, trixie: trixieLab } as const;

export type Suite = keyof typeof labs;

/** A host with this Debian as it comes, and in the project the inventory that has it. */
export async function freshSite(suite: Suite, project: Project): Promise<LabSite> {
  const { name: lab, inventory } = labs[suite];
  if (suite === 'bookworm') await resetHost(hypervisor);
  else {
    await down(lab, quiet);
    await up({ ...trixieLab, hosts: 1, suite, report: quiet });
  }
  await copyFile(inventory, project.inventory);
  const { hosts } = await status(lab);
  return { lab, host: hypervisor, address: hosts[0]?.address ?? '' };
}

/** Of the lab that a site belongs to. */
export function subnetOf({ lab }: LabSite): string {
  return lab === trixieLab.name ? trixieLab.subnet : testLab.subnet;
}

export async function leave({ lab }: LabSite): Promise<void> {
  if (lab === trixieLab.name) await down(lab, quiet);
}

/** As a power cut would. */
export async function reboot({ lab, host }: LabSite): Promise<void> {
  const { hosts } = await status(lab);
  process.kill(hosts.find(({ name }) => name === host)?.pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await status(lab)).state, { timeout: 60_000 }).toBe('partly up');
  await up({ ...(lab === trixieLab.name ? trixieLab : testLab), report: quiet });
}
