import { expect, it } from 'vitest';
import { type Problem, problemsJson, problemsSarif } from '../../../src/report/problem-list.ts';
import { markedSpan } from '../../support/span.ts';

const problems: readonly Problem[] = [
  {
    severity: 'error',
    diagnostic: {
      code: 'PV2015',
      message: 'two guests have the MAC 02:33:33:33:33:33',
      at: markedSpan('inventory/my hosts.yml', 'k1:\n  mac: »"02:33:33:33:33:33"«\n'),
      label: '`k1` has it',
      related: [{ at: markedSpan('inventory/more.yml', 'k2: { mac: »x« }'), message: '`k2` has it too' }],
      help: 'leave one out',
    },
  },
  { severity: 'warning', diagnostic: { code: 'PV0006', message: 'nothing was run' } },
];

it('gives problems as data, with places counted from 1', () => {
  expect(JSON.parse(problemsJson(problems))).toEqual([
    {
      file: 'inventory/my hosts.yml',
      line: 2,
      column: 8,
      endLine: 2,
      endColumn: 27,
      severity: 'error',
      code: 'PV2015',
      message: 'two guests have the MAC 02:33:33:33:33:33',
      label: '`k1` has it',
      help: 'leave one out',
      related: [
        { file: 'inventory/more.yml', line: 1, column: 12, endLine: 1, endColumn: 13, message: '`k2` has it too' },
      ],
    },
    { severity: 'warning', code: 'PV0006', message: 'nothing was run' },
  ]);
});

it('gives SARIF whose results lead to their rules and lines', () => {
  const log = JSON.parse(problemsSarif(problems, '1.2.3'));
  const [run] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(run.tool.driver).toMatchObject({ name: 'provision', version: '1.2.3' });
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['PV0006', 'PV2015']);
  expect(run.results).toMatchObject([
    {
      ruleId: 'PV2015',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'two guests have the MAC 02:33:33:33:33:33\n`k1` has it\nleave one out' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'inventory/my%20hosts.yml' },
            region: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 27 },
          },
        },
      ],
      relatedLocations: [{ id: 0, message: { text: '`k2` has it too' } }],
    },
    { ruleId: 'PV0006', ruleIndex: 0, level: 'warning', locations: [] },
  ]);
});
