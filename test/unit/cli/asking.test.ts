import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/cli/ask.ts';
import { createConfirm } from '../../../src/cli/confirm.ts';
import { Interrupted } from '../../../src/cli/failure.ts';
import { askPasswords } from '../../../src/cli/passwords.ts';
import { answerPrompts } from '../../../src/cli/prompts.ts';
import { Secrets } from '../../../src/core/secret.ts';
import type { Playbook, VarPrompt } from '../../../src/load/playbook.ts';
import { answeringTerminal, noTerminal } from '../../support/asking.ts';
import { markedSpan } from '../../support/span.ts';
import { toldLater } from '../../support/told.ts';

describe('a question', () => {
  it('shows what is typed', async () => {
    const { asking, shown } = answeringTerminal([['Name: ', 'tuna\r']]);
    expect(await ask('Name: ', asking)).toBe('tuna');
    expect(shown()).toContain('tuna');
  });

  it('for a password shows nothing of it', async () => {
    const { asking, shown } = answeringTerminal([['Password: ', 'hunter22\r']]);
    expect(await ask('Password: ', asking, true)).toBe('hunter22');
    expect(shown()).toMatch(/^Password: [^a-z0-9]*\n$/);
  });

  it('is left with Ctrl-C', async () => {
    const { asking } = answeringTerminal([['Name: ', '\u0003']]);
    await expect(ask('Name: ', asking)).rejects.toBeInstanceOf(Interrupted);
  });

  it('counts as unanswered at the end of input', async () => {
    const { asking } = answeringTerminal([['Name: ', '\u0004']]);
    expect(await ask('Name: ', asking)).toBe('');
  });
});

describe('a confirmation', () => {
  const question = 'everest: wipe its disk? [y/N] ';

  it.each([
    ['y\r', true],
    ['YES\r', true],
    ['\r', false],
    ['n\r', false],
    ['yesterday\r', false],
  ])('%j means %s, and the screen is paused meanwhile', async (answer, expected) => {
    const { asking } = answeringTerminal([[question, answer]]);
    const calls: string[] = [];
    const reporter = { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') };
    const confirm = createConfirm({ yes: false, reporter, asking });
    expect(await confirm('everest: wipe its disk?')).toBe(expected);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it.each([
    ['everest\r', true],
    [' everest \r', true],
    ['Everest\r', false],
    ['y\r', false],
    ['\r', false],
  ])('that wants a name typed takes %j for %s', async (answer, expected) => {
    const { asking } = answeringTerminal([['everest: wipe its disk? [type everest] ', answer]]);
    const confirm = createConfirm({ yes: false, reporter: {}, asking });
    expect(await confirm('everest: wipe its disk?', 'everest')).toBe(expected);
  });

  it('is given by -y without asking', async () => {
    const { asking, shown } = answeringTerminal([]);
    expect(await createConfirm({ yes: true, reporter: {}, asking })('sure?')).toBe(true);
    expect(shown()).toBe('');
  });

  it('is refused where nobody can be asked', async () => {
    expect(await createConfirm({ yes: false, reporter: {}, asking: noTerminal() })('sure?')).toBe(false);
  });
});

function playbookAsking(...prompts: readonly Omit<VarPrompt, 'at'>[]): Playbook {
  const at = markedSpan('p.yml', '»x«');
  return { plays: [{ varsPrompt: prompts.map((prompt) => ({ ...prompt, at })) }] } as unknown as Playbook;
}

const user = { name: 'who', prompt: 'Who are you', private: false };
const password = { name: 'word', prompt: 'The word:', private: true };
const suite = { name: 'suite', prompt: '', private: false, default: 'trixie' };

describe('the prompts of a playbook', () => {
  it('are asked once each, and private ones are kept secret', async () => {
    const { asking } = answeringTerminal([
      ['Who are you: ', 'tuna\r'],
      ['The word: ', 'hunter22\r'],
      ['suite [trixie]: ', '\r'],
    ]);
    const secrets = new Secrets();
    const playbooks = [playbookAsking(user, password), playbookAsking(user, suite)];
    const [layer] = await answerPrompts(playbooks, { extra: [], secrets, asking });
    expect(layer?.values).toEqual({ who: 'tuna', word: 'hunter22', suite: 'trixie' });
    expect(secrets.mask('tuna hunter22')).toBe('tuna ********');
  });

  it('are asked again when the answer is empty and there is no default', async () => {
    const { asking } = answeringTerminal([
      ['Who are you: ', '\r'],
      ['Who are you: ', 'tuna\r'],
    ]);
    const [layer] = await answerPrompts([playbookAsking(user)], { extra: [], secrets: new Secrets(), asking });
    expect(layer?.values).toEqual({ who: 'tuna' });
  });

  it('are answered by -e, and then stay as secret as they were', async () => {
    const extra = [{ origin: '--extra-vars', values: { who: 'tuna', word: 'hunter22' }, path: [] }];
    const secrets = new Secrets();
    const playbooks = [playbookAsking(user, password)];
    expect(await answerPrompts(playbooks, { extra, secrets, asking: noTerminal() })).toEqual([]);
    expect(secrets.mask('tuna hunter22')).toBe('tuna ********');
  });

  it('without a terminal take their defaults', async () => {
    const answering = { extra: [], secrets: new Secrets(), asking: noTerminal() };
    expect((await answerPrompts([playbookAsking(suite)], answering))[0]?.values).toEqual({ suite: 'trixie' });
  });

  it('without a terminal and a default are errors, all told at once', async () => {
    const answering = { extra: [], secrets: new Secrets(), asking: noTerminal() };
    expect(await toldLater(answerPrompts([playbookAsking(user, password, suite)], answering))).toEqual([
      'PV0004 `who` is asked for, and there is no terminal to ask on (-e who=VALUE)',
      'PV0004 `word` is asked for, and there is no terminal to ask on (-e @FILE, and in the file: word: VALUE)',
    ]);
  });
});

describe('-k and -K', () => {
  it('ask for passwords and keep them secret', async () => {
    const { asking } = answeringTerminal([
      ['SSH password: ', 'one11\r'],
      ['sudo password: ', 'two22\r'],
    ]);
    const secrets = new Secrets();
    const passwords = await askPasswords({ ssh: true, become: true }, { secrets, asking });
    expect(passwords).toEqual({ ssh: 'one11', become: 'two22' });
    expect(secrets.mask('one11 two22')).toBe('******** ********');
  });

  it('take the SSH password for sudo when that one is left empty', async () => {
    const { asking } = answeringTerminal([
      ['SSH password: ', 'one11\r'],
      ['sudo password: ', '\r'],
    ]);
    const passwords = await askPasswords({ ssh: true, become: true }, { secrets: new Secrets(), asking });
    expect(passwords).toEqual({ ssh: 'one11', become: 'one11' });
  });

  it('need a terminal', async () => {
    const context = { secrets: new Secrets(), asking: noTerminal() };
    expect(await toldLater(askPasswords({ ssh: true, become: false }, context))).toEqual([
      'PV0004 `-k` and `-K` ask for a password, and there is no terminal to ask on (use a key, or put the password into the inventory)',
    ]);
  });
});
