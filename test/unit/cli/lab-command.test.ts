import { expect, test } from 'vitest';
import { labCommand } from '../../../src/cli/lab-command.ts';

test.each([
  ['nonsense', 'there is no `lab nonsense`'],
  ['up here', '`here` is one word too many'],
  ['up --hosts 0', '`--hosts` wants a number from 1 to 80'],
  ['up --hosts many', '`--hosts` wants a number from 1 to 80'],
  ['up --subnet 10.77', '`--subnet` wants the first three numbers of a network'],
  ['up --subnet 999.1.1', '`--subnet` wants the first three numbers of a network'],
  ['status --name Lab', '`Lab` cannot name a lab'],
  ['status --name far-too-long', '`far-too-long` cannot name a lab'],
  ['quickstart now', '`now` is one word too many'],
  ['shell one two', '`two` is one word too many'],
])('lab %s is refused before anything is touched', async (line, told) => {
  await expect(labCommand(line.split(' '))).rejects.toMatchObject({
    diagnostics: [{ code: 'PV5602', message: expect.stringContaining(told) }],
  });
});

test.each([
  ['up --frob', 'PV0001', 'there is no option `--frob`'],
  ['up --suite buster', 'PV0002', '`--suite` takes no `buster`'],
  ['up --hosts', 'PV0002', '`--hosts` needs a value'],
  ['quickstart --name other', 'PV0001', 'there is no option `--name`'],
])('lab %s has options that there are not', async (line, code, told) => {
  await expect(labCommand(line.split(' '))).rejects.toMatchObject({
    diagnostics: [{ code, message: expect.stringContaining(told) }],
  });
});
