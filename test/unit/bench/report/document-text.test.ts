import { expect, it } from 'vitest';
import { plan } from '../../../../bench/plan.ts';
import { charts } from '../../../../bench/report/charts.ts';
import { documentText } from '../../../../bench/report/document-text.ts';
import { row, rowsWith } from '../rows.ts';

const machine = {
  ...{ date: '2026-01-02', system: 'Debian 12', kernel: '6.1', processor: '2 × one', memoryGigabytes: 8 },
  versions: { provision: '0.1.0', mitogen: 'not installed' },
};
const rows = [
  ...rowsWith([0.2, 0.3, 0.4]),
  ...rowsWith([0.2, 0.2, 0.2], { contender: 'sketch' }),
  ...rowsWith([0.9], { rtt: 40 }),
  row({ work: 'startup', phase: 'run', hosts: 0, contender: 'node -e 0', wall: 0.05 }),
];
const cells = plan({ works: ['w1'], hosts: [1, 50], rtts: [0] });
const profiles = {
  nochange: { ssh2: 12.3, yaml: 0.4, acorn: 0.3 },
  converge: { ssh2: 11, yaml: 0.5, 'src/engine': 20 },
};
const text = documentText({ rows, cells, machine, charts: charts(rows), profiles });

it('says on what, and with which versions', () => {
  expect(text).toContain('2026-01-02: Debian 12, kernel 6.1, 2 × one, 8 GB. provision 0.1.0, mitogen not installed.');
});

it('puts the measured figure beside the target, and says what was not measured', () => {
  expect(text).toContain(
    '| W1 no change, 1 host: time, in times of sketch | at most 1.5× | 0 ms: 1.50×, 10 ms: –, 40 ms: – | reached where measured |',
  );
  expect(text).toContain(
    '| W1 converge, 1 host: time, in times of sketch | at most 2× | 0 ms: –, 10 ms: –, 40 ms: – | not measured |',
  );
});

it('tells round trips for the edge, too, by the number of guests', () => {
  const edge = { work: 'edge', hosts: 200, phase: 'converge' } as const;
  const both = [...rowsWith([0.4], edge), ...rowsWith([1.2], { ...edge, rtt: 40 })];
  const withEdge = documentText({ rows: [...rows, ...both], cells, machine, charts: [], profiles: {} });
  expect(withEdge).toMatch(/^edge, 200 guests:\n\n\| contender .*\n.*\n\| provision \| 20\.0 \| – \|/m);
  expect(withEdge).toContain('### edge, 200 guests, round trip 40 ms: converge');
  expect(text).not.toContain('edge, 200 guests');
});

it('says how many runs, and from least to most', () => {
  expect(text).toMatch(/^\| provision \| 3 \| 0\.30 \(0\.20 – 0\.40\) \|/m);
});

it('names what was left out, and what was planned and is not there', () => {
  expect(text).toContain('| W1, 50 hosts, round trip 0 ms | ansible_tuned | a run would take more than 5 minutes |');
  expect(text).toContain('| W1, 1 host, round trip 0 ms | mitogen | the run ended before it |');
});

it('shows every chart that could be drawn, and no other', () => {
  const shown = [...text.matchAll(/\(performance\/([\w-]+\.svg)\)/g)].map(([, file]) => file);
  expect(shown).toEqual(
    ['no-change-round-trips', 'no-change-hosts', 'no-change-cpu', 'no-change-memory'].map((name) => `${name}.svg`),
  );
});

it('tells where the time goes, the dearest first and what is short together', () => {
  expect(text).toContain(
    [
      '| part | converge, ms | no change, ms |',
      '|---|---:|---:|',
      '| src/engine | 20.0 | 0.00 |',
      '| ssh2 | 11.0 | 12.3 |',
      '| all else | 0.50 | 0.70 |',
      '| together | 31.5 | 13.0 |',
    ].join('\n'),
  );
});
