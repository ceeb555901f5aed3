import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostText } from '../../src/cli/undo-text.ts';
import { problem } from '../../src/core/diagnostic.ts';
import type { Change } from '../../src/engine/changes.ts';
import type { Judged } from '../../src/engine/look-at-changes.ts';
import type { Verdict } from '../../src/engine/put-back.ts';

function judged(kind: string, name: string, verdict: Verdict): Judged {
  const change: Change = { on: 'alfa', task: 'x', was: { kind, name, state: null } };
  return { change, verdict };
}

const effect = { kind: 'run', argv: ['true'] } as const;
const steps = [{ title: 'put back the former content of /etc/motd', before: 'new\n', after: 'old\n', effect }];
const again: Change = {
  on: 'alfa',
  task: 'again',
  was: { kind: 'systemd.restore', name: 'web.service', state: { runs: true, boot: true } },
  again: 'restarted',
};

const hosts = [
  {
    name: 'alfa',
    judged: [
      judged('file.restore', '/etc/motd', { kind: 'back', steps }),
      judged('file.restore', '/etc/issue', { kind: 'done' }),
      judged('file.restore', '/etc/hosts', { kind: 'changed', why: 'it was changed since' }),
      judged('file.restore', '/etc/shadow', {
        kind: 'impossible',
        why: 'how it was is not kept: not everybody may read it',
      }),
      judged('libvirt.restore_network', 'nat', {
        kind: 'impossible',
        why: 'interfaces of guests that run are attached to it: 2',
      }),
    ],
    again: [again],
    lasting: [{ host: 'alfa', task: 'Install tools', steps: ['install curl'], why: 'packages stay as they are' }],
  },
  { name: 'bravo', judged: [judged('file.restore', '/etc/motd', { kind: 'done' })], again: [], lasting: [] },
  {
    name: 'charlie',
    judged: [],
    again: [],
    lasting: [],
    failure: problem('PV4001', 'charlie cannot be reached').diagnostics[0],
  },
];

test('the plan of an undo looks like undo.txt, with --diff', () => {
  const screen = { width: 80, colour: false, diff: true };
  const text = hosts.map((host) => `${hostText(host, screen)}\n`).join('\n');
  expect(text).toBe(readFileSync(new URL('undo.txt', import.meta.url), 'utf8'));
});
