import { expect, it } from 'vitest';
import { keptStep } from '../../../../src/modules/libvirt/kept-step.ts';
import { parseXml } from '../../../../src/modules/libvirt/xml.ts';

const wanted = parseXml(
  '<domain><name>everest</name><devices><interface><macc address="02:33:33:33:33:33"/></interface></devices></domain>',
  'domain',
);

function look(shown: string, exit = 0): unknown {
  const { effect } = keptStep('domain', 'everest', wanted);
  if (effect.kind !== 'follow') throw new Error('not a follow');
  return effect.judge()({ text: '', elapsed: 0, pinned: [], output: { exit, stdout: shown, stderr: '' } });
}

it('names what libvirt dropped without a word', () => {
  const shown =
    '<domain><name>everest</name><devices><interface><mac address="52:54:00:65:f0:77"/></interface></devices></domain>';
  expect(look(shown)).toMatchObject({
    kind: 'failed',
    diagnostic: {
      code: 'PV5305',
      message:
        'libvirt did not keep all of domain everest: devices/interface/macc (address=02:33:33:33:33:33) is missing',
    },
  });
});

it('is content with a definition that is all there', () => {
  expect(
    look(
      '<domain><name>everest</name><uuid>6695eb01</uuid><devices><interface><macc address="02:33:33:33:33:33"/></interface></devices></domain>',
    ),
  ).toEqual({ kind: 'done' });
});

it('asks again while libvirt does not show it', () => {
  expect(look('', 1)).toEqual({ kind: 'more' });
});
