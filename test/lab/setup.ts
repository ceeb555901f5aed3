import { rm } from 'node:fs/promises';
import { installDebianPackages } from '../../src/lab/debian-packages.ts';
import { down } from '../../src/lab/lab.ts';
import { whyNoLab } from '../../src/lab/machine.ts';
import { testLabs } from '../support/lab.ts';

/**
 * Fresh labs of two hosts, which own-lab.ts brings up; taken away after all tests, unless PROVISION_KEEP_LAB is set. The
 * guest is the mini guest, unless PROVISION_TEST_GUEST asks for a real Debian.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const reason = whyNoLab();
  if (reason) throw new Error(`the lab tests cannot run: ${reason}`);
  const report = (line: string) => process.stderr.write(`lab: ${line}\n`);
  // Tests look at what hosts start: nothing but a tracer sees every process of a run. Others ask the shells themselves
  // how a line may go on.
  await installDebianPackages(['strace', 'zsh', 'fish'], report);
  for (const { name } of testLabs) await down(name, report);
  return async () => {
    if (process.env.PROVISION_KEEP_LAB) return;
    for (const { name, inventory } of testLabs) {
      await down(name, report);
      await rm(inventory, { force: true });
    }
  };
}
