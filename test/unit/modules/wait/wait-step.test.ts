import { describe, expect, test } from 'vitest';
import type { Effect, Seen, Verdict } from '../../../../src/core/plan.ts';
import { awaited, type Target } from '../../../../src/modules/wait/condition.ts';
import { waitStep } from '../../../../src/modules/wait/wait-step.ts';

type Follow = Extract<Effect, { kind: 'follow' }>;

function follow(target: Target): Follow {
  const { effect } = waitStep(awaited(target), { every: 1, within: 60 });
  if (effect.kind !== 'follow') throw new Error('a wait follows something');
  return effect;
}

function seen(what: Partial<Seen>): Seen {
  return { text: '', elapsed: 1, pinned: [], ...what };
}

function kinds(judge: (seen: Seen) => Verdict, looks: readonly Partial<Seen>[]): string[] {
  return looks.map((look) => judge(seen(look)).kind);
}

const answer = (exit: number, stderr = '') => ({ output: { exit, stdout: '', stderr } });

describe('a wait', () => {
  test('for a port ends when it opens', () => {
    const judge = follow({ kind: 'port', host: '127.0.0.1', port: 22, stopped: false }).judge();
    expect(kinds(judge, [answer(1), answer(124), answer(0)])).toEqual(['more', 'more', 'done']);
  });

  test('for a port to close ends when it does', () => {
    const judge = follow({ kind: 'port', host: '127.0.0.1', port: 22, stopped: true }).judge();
    expect(kinds(judge, [answer(0), answer(1)])).toEqual(['more', 'done']);
  });

  test('fails at once when nothing can be told', () => {
    const judge = follow({ kind: 'command', command: 'vrish list', stopped: true }).judge();
    expect(judge(seen(answer(127, 'sh: vrish: not found\n')))).toMatchObject({
      kind: 'failed',
      diagnostic: { message: expect.stringContaining('vrish: not found') as string },
    });
  });

  test('finds a pattern that arrives in pieces', () => {
    const judge = follow({ kind: 'file', file: '/x', pattern: '^System halted$', stopped: false }).judge();
    expect(kinds(judge, [{ text: 'boot\nSystem ' }, {}, { text: 'halted\n' }])).toEqual(['more', 'more', 'done']);
  });

  test('forgets what an earlier judge saw', () => {
    const effect = follow({ kind: 'file', file: '/x', pattern: 'ab', stopped: false });
    expect(kinds(effect.judge(), [{ text: 'a' }])).toEqual(['more']);
    expect(kinds(effect.judge(), [{ text: 'b' }])).toEqual(['more']);
  });

  test('in vain shows what was seen last', () => {
    const effect = follow({ kind: 'port', host: '10.0.0.1', port: 22, stopped: false });
    effect.judge()(seen(answer(1, 'Connection refused\n')));
    expect(effect.late()).toMatchObject({
      code: 'PV5111',
      message: 'waited 60 s in vain for port 22 of 10.0.0.1 to open',
      transcript: 'Connection refused',
    });
  });
});
