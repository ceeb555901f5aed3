import { describe, expect, it } from 'vitest';
import type { Seen, Step } from '../../../../src/core/plan.ts';
import { awaitFirstBoot, awaitSsh } from '../../../../src/modules/libvirt/guest-boot.ts';
import type { GuestIntent } from '../../../../src/modules/libvirt/guest-intent.ts';

const intent = (reset_after: number) =>
  ({
    name: 'everest',
    args: { address: '192.168.101.100', ssh: { port: 22, within: 600, reset_after } },
  }) as GuestIntent;
const pinned = ['ssh-ed25519 AAAAC3own'];
const scan = (key: string) =>
  `# 192.168.101.100:22 SSH-2.0-OpenSSH_10.0\n192.168.101.100 ssh-rsa AAAAB3\n192.168.101.100 ${key}\n`;

function judge(step: Step | undefined, seen: Partial<Seen> & { readonly answer?: string }): string {
  if (step?.effect.kind !== 'follow') throw new Error('not a follow');
  const { answer = '', ...rest } = seen;
  const output = { exit: answer === '' ? 1 : 0, stdout: answer, stderr: '' };
  const verdict = step.effect.judge()({ text: '', elapsed: 5, pinned, output, ...rest });
  return verdict.kind === 'failed' ? `${verdict.diagnostic.code} ${verdict.diagnostic.message}` : verdict.kind;
}

describe('waiting for SSH of a guest', () => {
  const step = awaitSsh(intent(300));

  it('goes on while nothing answers', () => {
    expect(judge(step, {})).toBe('more');
  });

  it('ends when the pinned host key answers, whatever other keys do', () => {
    expect(judge(step, { answer: scan('ssh-ed25519 AAAAC3own') })).toBe('done');
  });

  it('fails when only other host keys answer', () => {
    expect(judge(step, { answer: scan('ssh-ed25519 AAAAC3other') })).toBe(
      'PV5406 at 192.168.101.100 another host key answers than the installer of everest printed',
    );
  });

  it('takes any answer where no host key is pinned: the connection itself will ask about it', () => {
    expect(judge(step, { answer: scan('ssh-ed25519 AAAAC3other'), pinned: [] })).toBe('done');
  });
});

describe('the first boot of a guest', () => {
  it('gives up waiting after its patience, so that the guest can be reset once', () => {
    const [patient, reset, wait] = awaitFirstBoot(intent(300));
    expect(judge(patient, { elapsed: 299 })).toBe('more');
    expect(judge(patient, { elapsed: 300 })).toBe('done');
    expect(reset?.title).toBe('reset everest, once, if it has not answered');
    expect(judge(wait, { elapsed: 301 })).toBe('more');
  });

  it.each([
    ['never resets with reset_after: 0', 0],
    ['never resets later than it gives up', 600],
  ])('%s', (_, patience) => {
    expect(awaitFirstBoot(intent(patience)).map((step) => step.title)).toEqual([
      'wait until SSH of everest answers on 192.168.101.100:22',
    ]);
  });
});
