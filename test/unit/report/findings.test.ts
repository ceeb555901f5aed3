import { expect, test } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { findingJunit, findingLines, findingTable } from '../../../src/report/findings.ts';

const findings: readonly Finding[] = [
  { host: 'everest', about: 'ssh', status: 'ok', message: 'shows the pinned host key', ms: 12 },
  { host: 'everest', about: 'address', status: 'failed', message: 'nobody <answers> at "x" & \u001b[31my', ms: 2003 },
  { host: 'k2', about: 'lease', status: 'skipped', message: 'no address is planned for it', ms: 0 },
];

test('a table', () => {
  expect(findingTable(findings, { colour: false })).toBe(
    [
      'everest  ssh      ok       shows the pinned host key',
      'everest  address  failed   nobody <answers> at "x" & y',
      'k2       lease    skipped  no address is planned for it',
      'ok 1  failed 1  skipped 1',
      '',
    ].join('\n'),
  );
});

test('an object a line', () => {
  const [first = ''] = findingLines(findings).split('\n');
  expect(JSON.parse(first)).toEqual({ event: 'finding', v: 1, ...findings[0] });
  expect(findingLines(findings).trimEnd().split('\n')).toHaveLength(3);
});

test('JUnit, a suite for each host, everything escaped', () => {
  expect(findingJunit(findings)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="provision verify" tests="3" failures="1" skipped="1">
  <testsuite name="everest" tests="2" failures="1" skipped="0">
    <testcase classname="everest" name="ssh" time="0.012"><system-out>shows the pinned host key</system-out></testcase>
    <testcase classname="everest" name="address" time="2.003"><failure message="nobody &lt;answers&gt; at &quot;x&quot; &amp; y"/></testcase>
  </testsuite>
  <testsuite name="k2" tests="1" failures="0" skipped="1">
    <testcase classname="k2" name="lease" time="0.000"><skipped message="no address is planned for it"/></testcase>
  </testsuite>
</testsuites>
`);
});

test('JUnit of nothing is still a document', () => {
  expect(findingJunit([])).toContain(
    '<testsuites name="provision verify" tests="0" failures="0" skipped="0">\n</testsuites>',
  );
});
