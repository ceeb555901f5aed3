import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { installDebianPackages } from '../../src/lab/debian-packages.ts';
import { down, up } from '../../src/lab/lab.ts';
import { whyNoLab } from '../../src/lab/machine.ts';
import type { LabStatus } from '../../src/lab/status.ts';
import { testLab } from '../support/lab.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    lab: LabStatus;
  }
}

/**
 * A fresh lab of two hosts for all lab tests; taken away after them, unless PROVISION_KEEP_LAB is set. Its guest is the
 * mini guest, unless PROVISION_TEST_GUEST asks for a real Debian.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const reason = whyNoLab();
  if (reason) throw new Error(`the lab tests cannot run: ${reason}`);
  const report = (line: string) => process.stderr.write(`lab: ${line}\n`);
  // Tests look at what hosts start: nothing but a tracer sees every process of a run.
  await installDebianPackages(['strace'], report);
  await down(testLab.name, report);
  project.provide(
    'lab',
    await up({
      ...testLab,
      hosts: 2,
      suite: 'bookworm',
      debian: process.env.PROVISION_TEST_GUEST === 'debian',
      report,
    }),
  );
  return async () => {
    if (process.env.PROVISION_KEEP_LAB) return;
    await down(testLab.name, report);
    await rm(testLab.inventory, { force: true });
  };
}
