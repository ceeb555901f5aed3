import { expect, test } from 'vitest';
import { labCommand } from '../../../src/cli/lab-command.ts';

test.each([
  ['nonsense', 'there is no `lab nonsense`'],
  ['up here', '`here` is one word too many'],
  ['up --frob', "Unknown option '--frob'"],
  ['up --hosts 0', '`--hosts` wants a number from 1 to 80'],
  ['up --hosts many', '`--hosts` wants a number from 1 to 80'],
  ['up --suite buster', '`--suite` is bookworm or trixie, not buster'],
  ['up --subnet 10.77', '`--subnet` wants the first three numbers of a network'],
  ['up --subnet 999.1.1', '`--subnet` wants the first three numbers of a network'],
  ['status --name Lab', '`Lab` cannot name a lab'],
  ['status --name far-too-long', '`far-too-long` cannot name a lab'],
  ['quickstart --fast', 'quickstart knows `--debian` only, not --fast'],
])('lab %s is refused before anything is touched', async (line, told) => {
  await expect(labCommand(line.split(' '))).rejects.toMatchObject({
    diagnostics: [{ code: 'PV5602', message: expect.stringContaining(told) }],
  });
});
