import { afterEach, expect, it, vi } from 'vitest';
import { hideInFailures, Interrupted, printFailure } from '../../../src/cli/failure.ts';
import { problem } from '../../../src/core/diagnostic.ts';
import { Secrets } from '../../../src/core/secret.ts';

const written: string[] = [];
vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
afterEach(() => {
  written.length = 0;
});

it('a mistake of the user ends with 1', () => {
  expect(printFailure(problem('PV0003', 'no playbook is named'))).toBe(1);
  expect(written).toEqual(['error PV0003: no playbook is named\n']);
});

it('a mistake of ours ends with 70, shows where it happened and asks for a report', () => {
  expect(printFailure(new TypeError('x is not a function'))).toBe(70);
  expect(written.join('')).toMatch(
    /^error PV9001: provision made a mistake: x is not a function\n.*failure\.test\.ts.*please report it/s,
  );
});

it('an interruption ends with 130 and says nothing', () => {
  expect(printFailure(new Interrupted())).toBe(130);
  expect(written).toEqual([]);
});

it('a mistake of ours shows no secret of the run it happened in', () => {
  const secrets = new Secrets();
  hideInFailures(secrets);
  secrets.add('hunter2!');
  expect(printFailure(new TypeError('cannot read hunter2!'))).toBe(70);
  expect(written.join('')).toContain('cannot read ********');
  expect(written.join('')).not.toContain('hunter2!');
});
