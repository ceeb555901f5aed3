import { describe, expect, it } from 'vitest';
import { runFlags } from '../../../src/cli/options.ts';
import { optionsHelp, parseOptions } from '../../../src/cli/parse-options.ts';
import { readRunOptions } from '../../../src/cli/run-options.ts';
import { told } from '../../support/told.ts';

describe('options', () => {
  it.each([
    ['long', ['--limit', 'alfa', '--check']],
    ['with an equals sign', ['--limit=alfa', '--check']],
    ['short', ['-l', 'alfa', '-C']],
    ['short and together', ['-Cl', 'alfa']],
    ['short with the value attached', ['-C', '-lalfa']],
    ['after the playbook', ['p.yml', '-l', 'alfa', '-C']],
  ])('may be %s', (_how, argv) => {
    expect(parseOptions(argv, runFlags).options).toMatchObject({ limit: 'alfa', check: true, diff: false });
  });

  it('that take many values keep them in order', () => {
    expect(parseOptions(['-e', 'a=1', '-e', '@b.yml'], runFlags).options['extra-vars']).toEqual(['a=1', '@b.yml']);
  });

  it('end at `--`', () => {
    expect(parseOptions(['-C', '--', '-l'], runFlags).words).toEqual(['-l']);
  });

  it.each([
    [['--chek'], 'PV0001 there is no option `--chek` (did you mean `--check`?)'],
    [['--finish-at-task', 'x'], 'PV0001 there is no option `--finish-at-task` (`--help` lists the options)'],
    [['-x'], 'PV0001 there is no option `-x` (`--help` lists the options)'],
    [['--limit'], 'PV0002 `--limit` needs a value: --limit PATTERN'],
    [['--limit', '--check'], 'PV0002 `--limit` needs a value: --limit PATTERN'],
    [['--check=yes'], 'PV0002 `--check` takes no value'],
  ])('%j is refused', (argv, message) => {
    expect(told(() => parseOptions(argv, runFlags))).toEqual([message]);
  });

  it('that are wrong are all told at once', () => {
    expect(told(() => parseOptions(['--chek', '-x', '--limit'], runFlags))).toHaveLength(3);
  });

  it('are listed with what they take', () => {
    const lines = optionsHelp(runFlags).split('\n');
    expect(lines).toContain(
      '  -l, --limit PATTERN          only the hosts of PATTERN: names, groups, globs, !not, a:&b, @FILE',
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('the options of a run', () => {
  it('split tags at commas', () => {
    const options = readRunOptions(['p.yml', '-t', 'a, b', '-t', 'c', '--skip-tags', 'd,']);
    expect(options).toMatchObject({ tags: ['a', 'b', 'c'], skipTags: ['d'], playbooks: ['p.yml'], forks: 10 });
  });

  it.each([
    [['p.yml', '-f', '0'], 'PV0002 `--forks` wants a number from 1 to 9999, not `0`'],
    [['p.yml', '-f', 'many'], 'PV0002 `--forks` wants a number from 1 to 9999, not `many`'],
    [['p.yml', '--output', 'plian'], 'PV0002 `--output` takes no `plian` (did you mean `plain`?)'],
    [['-C'], 'PV0003 no playbook is named (provision PLAYBOOK...)'],
  ])('%j is refused', (argv, message) => {
    expect(told(() => readRunOptions(argv))).toEqual([message]);
  });
});
