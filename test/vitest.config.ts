import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/**
 * `unit`: everything that needs no host. `lab`: real Debian hosts in namespaces, two files at a time, each with hosts
 * of its own, for most of the time goes by with waiting. `debian`: the real installation of a Debian guest, which takes
 * an hour under software emulation.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/{unit,plans,reads,contract,golden,installer,language,screens,ssh}/**/*.test.ts'],
          globalSetup: ['test/support/scratch.ts'],
          testTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: 'lab',
          include: ['test/{lab,faults}/**/*.test.ts'],
          globalSetup: ['test/lab/setup.ts'],
          setupFiles: ['test/lab/own-lab.ts'],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        root,
        test: {
          name: 'debian',
          include: ['test/debian/**/*.test.ts'],
          globalSetup: ['test/lab/setup.ts'],
          setupFiles: ['test/lab/own-lab.ts'],
          fileParallelism: false,
          testTimeout: 7_200_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
