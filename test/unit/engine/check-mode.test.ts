import { expect, test } from 'vitest';
import type { Remote } from '../../../src/core/plan.ts';
import { Place } from '../../../src/engine/line.ts';
import { Machine } from '../../../src/engine/machine.ts';
import { type Assignment, performTask } from '../../../src/engine/task.ts';
import type { AnyModule } from '../../../src/modules/module.ts';
import type { Connection } from '../../../src/transport/connect.ts';
import { argumentsOf, type Case, loadCases, moduleOf } from '../../support/load-cases.ts';

const place = { host: 'alfa', play: 'web', task: 'one', module: 'any' };

const uses = [
  'query',
  'stat',
  'digest',
  'readText',
  'fetchText',
  'readFrom',
  'realPath',
  'run',
  'write',
] satisfies (keyof Remote)[];

/** A machine of which every use is noted and fails. */
function untouchable(touched: string[]): Machine {
  const noted = (name: string) => async (): Promise<never> => {
    touched.push(name);
    throw new Error(`${name} was called`);
  };
  const remote = Object.fromEntries(uses.map((name) => [name, noted(name)]));
  const connection = { remote: async () => remote, close: async () => undefined };
  return new Machine('alfa', { connect: async () => connection as unknown as Connection });
}

/** The module as it is, seeing the state of the case. */
function seeing(module: AnyModule, state: unknown): AnyModule {
  return { ...module, read: async () => state };
}

function perform(item: Case, check: boolean, touched: string[]) {
  const module = seeing(moduleOf(item), item.content.state ?? undefined);
  return performIn(check, touched, { module, args: argumentsOf(item, module) });
}

function performIn(check: boolean, touched: string[], work: Pick<Assignment, 'module' | 'args'>) {
  const machine = untouchable(touched);
  const assignment = { ...work, machine, place, cautious: false, pending: () => false };
  const turn = { wanted: false, meanwhile: <T>(work: () => Promise<T>) => work() };
  const spot = { place: new Place(), turn, told: false, sent: false, abandoned: () => false };
  const context = {
    check,
    emit: () => undefined,
    sending: () => void touched.push('sending'),
    confirm: async () => {
      touched.push('confirm');
      return true;
    },
    pins: { pinned: () => [], pin: () => void touched.push('pin') },
    elsewhere: () => Promise.reject(new Error('not asked for')),
    signal: new AbortController().signal,
  };
  return performTask({ assignment, context, spot });
}

const planned = loadCases('plans').filter(({ content }) => Array.isArray(content.steps));

test.each(planned.map((item) => [item.title, item] as const))('%s: check mode has no hands', async (_title, item) => {
  const touched: string[] = [];
  const steps = item.content.steps as readonly { readonly counts?: false }[];
  const outcome = await perform(item, true, touched);
  expect(outcome?.status).toBe(steps.some(({ counts }) => counts !== false) ? 'changed' : 'ok');
  expect(touched).toEqual([]);
});

test('the same without check mode does touch the machine', async () => {
  const touched: string[] = [];
  const item = planned.find(({ content }) => (content.steps as readonly unknown[]).length > 0);
  if (!item) throw new Error('no such case');
  await expect(perform(item, false, touched)).rejects.toThrow('was called');
  expect(touched.length).toBeGreaterThan(0);
});

test('what a module is given to read with has no hands', async () => {
  const handed: string[] = [];
  const [item] = planned;
  if (!item) throw new Error('there are no cases');
  const module: AnyModule = {
    ...moduleOf(item),
    read: async (_args, look) => void handed.push(...Object.keys(look)),
    plan: () => [],
  };
  await performIn(true, [], { module, args: {} });
  expect(handed.sort()).toEqual(['digest', 'fetchText', 'query', 'readText', 'stat']);
});
