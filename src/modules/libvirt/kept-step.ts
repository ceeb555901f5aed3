import { problem } from '../../core/diagnostic.ts';
import type { Step, Verdict } from '../../core/plan.ts';
import { describeDifference, missingFrom } from './compare-xml.ts';
import { virsh } from './virsh.ts';
import { parseXml, type Xml } from './xml.ts';

export type Definable = 'domain' | 'network';

const show = { domain: 'dumpxml', network: 'net-dumpxml' } as const;

/**
 * Sees to it that libvirt kept all that was defined. It drops what it does not know, and where that is a MAC address
 * it makes up another one.
 */
export function keptStep(kind: Definable, name: string, wanted: Xml): Step {
  return {
    title: `see that libvirt kept the whole definition of ${name}`,
    counts: false,
    effect: {
      kind: 'follow',
      query: virsh(show[kind], '--inactive', name),
      every: 1,
      within: 60,
      judge: () => (seen) =>
        judgeKept(kind, name, { wanted, shown: seen.output?.exit === 0 ? seen.output.stdout : '' }),
      late: () => problem('PV5305', `libvirt does not show ${kind} ${name}`).diagnostics[0],
    },
  };
}

function judgeKept(kind: Definable, name: string, { wanted, shown }: { wanted: Xml; shown: string }): Verdict {
  if (shown === '') return { kind: 'more' };
  const dropped = missingFrom(parseXml(shown, kind), wanted);
  if (dropped.length === 0) return { kind: 'done' };
  const { diagnostics } = problem(
    'PV5305',
    `libvirt did not keep all of ${kind} ${name}: ${dropped.map(describeDifference).join('; ')}`,
    {
      ...dropped.find(({ at }) => at)?.at,
      help: 'see that it is spelt as libvirt knows it; the definition as it is now stays in place',
      transcript: shown,
    },
  );
  return { kind: 'failed', diagnostic: diagnostics[0] };
}
