import type { Step } from '../../core/plan.ts';
import { differenceText, type XmlDifference } from './compare-xml.ts';
import { keptStep } from './kept-step.ts';
import { feedVirsh, runVirsh } from './virsh.ts';
import { formatXml, type Xml } from './xml.ts';

export interface Definition {
  readonly title: string;
  readonly xml: Xml;
  /** In what it differs from what is there, where it replaces something. */
  readonly differences?: readonly XmlDifference[];
}

/** Gives a definition to libvirt, which checks it, and sees that nothing of it was dropped. */
export function defineDomain(name: string, { title, xml, differences }: Definition): readonly Step[] {
  const text = formatXml(xml);
  return [
    {
      title,
      ...(differences ? differenceText(differences) : { after: text }),
      effect: feedVirsh(text, 'define', '--validate', '/dev/stdin'),
    },
    keptStep('domain', name, xml),
  ];
}

export function startDomain(name: string, title = `start ${name}`): Step {
  return { title, effect: runVirsh('start', name) };
}

export function autostartSteps(name: string, wanted: boolean, current: boolean): readonly Step[] {
  if (wanted === current) return [];
  const title = wanted ? `start ${name} when its host boots` : `do not start ${name} when its host boots`;
  return [{ title, effect: runVirsh('autostart', name, ...(wanted ? [] : ['--disable'])) }];
}
