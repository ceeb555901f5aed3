import { up } from '../../src/lab/lab.ts';
import { testLab } from '../support/lab.ts';

// Before each file: the first one of a worker brings its lab up.
await up({
  ...testLab,
  hosts: 2,
  suite: process.env.PROVISION_TEST_SUITE === 'trixie' ? 'trixie' : 'bookworm',
  debian: process.env.PROVISION_TEST_GUEST === 'debian',
  report: (line) => process.stderr.write(`lab: ${line}\n`),
});
