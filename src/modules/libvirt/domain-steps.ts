import type { Step } from '../../core/plan.ts';
import { keptStep } from './kept-step.ts';
import { feedVirsh, runVirsh } from './virsh.ts';
import { formatXml, type Xml } from './xml.ts';

/** Gives a definition to libvirt, which checks it, and sees that nothing of it was dropped. */
export function defineDomain(name: string, title: string, definition: Xml, before?: string): readonly Step[] {
  const after = formatXml(definition);
  return [
    {
      title,
      ...(before !== undefined && { before }),
      after,
      effect: feedVirsh(after, 'define', '--validate', '/dev/stdin'),
    },
    keptStep('domain', name, definition),
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
