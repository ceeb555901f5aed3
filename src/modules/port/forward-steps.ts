import type { Step } from '../../core/plan.ts';
import { fragmentFolder } from '../firewall-files.ts';
import { isLoaded, removalText } from '../firewall-fragment.ts';
import { loadCommand } from '../firewall-load.ts';
import { persistenceSteps, withdrawalSteps } from '../firewall-persistence.ts';
import { isPassed, loadKept, passSteps } from '../libvirt-table.ts';
import type { Forward } from './forward-record.ts';
import { forwardFragment, forwardText } from './forward-rules.ts';
import { type AllForwards, forwardName, forwardPaths, sysctlPath } from './forward-state.ts';

/** From what is there to exactly these forwards; `title` says what changes among them. */
export function forwardSteps(forwards: readonly Forward[], current: AllForwards, title: string): Step[] {
  const families = (['v4', 'v6'] as const).map((family) => {
    const version = family === 'v4' ? 4 : 6;
    const wanted = forwards.filter(({ to }) => to.includes(':') === (version === 6));
    return { family, version, wanted, fragment: forwardFragment(wanted, version) } as const;
  });
  const fragments = families.map(({ fragment }) => fragment);
  const kept = families.filter(({ wanted }) => wanted.length > 0);
  const gone = families.filter(({ family, wanted }) => wanted.length === 0 && current[family].text !== undefined);
  const writes = [
    ...kept.flatMap(({ family, version, wanted }) =>
      writeSteps(family, forwardText(wanted, version), { current, title }),
    ),
    ...passSteps(forwardName, fragments, current),
  ];
  const loaded =
    kept.every(({ family, fragment }) => isLoaded(fragment, current[family].rules)) && isPassed(fragments, current);
  const withFolder = forwards.length > 0 && writes.length > 0 && current.persistence.fragments.length === 0;
  return [
    ...gone.flatMap(({ family, version }) => removeSteps(family, version, title)),
    ...(forwards.length === 0 && current.sysctl ? [removeFile(sysctlPath)] : []),
    ...(withFolder ? [makeFolder] : []),
    ...writes,
    ...(forwards.length > 0 ? persistenceSteps(current.persistence) : []),
    ...(forwards.length > 0 && (writes.length > 0 || !loaded) ? [loadKept] : []),
    ...(forwards.length === 0 ? withdrawalSteps(current.persistence, forwardName) : []),
  ];
}

const makeFolder: Step = {
  title: `make ${fragmentFolder}`,
  effect: { kind: 'run', argv: ['mkdir', '-p', fragmentFolder] },
  touches: [`path:${fragmentFolder}`],
};

interface Change {
  readonly current: AllForwards;
  readonly title: string;
}

function writeSteps(family: 'v4' | 'v6', text: string, { current, title }: Change): Step[] {
  const before = current[family].text;
  if (before === text) return [];
  const path = forwardPaths[family];
  return [
    {
      title,
      ...(before !== undefined && { before }),
      after: text,
      effect: { kind: 'write', path, content: text, mode: '0600', owner: 'root', group: 'root' },
      touches: [`path:${path}`],
    },
  ];
}

function removeSteps(family: 'v4' | 'v6', version: 4 | 6, title: string): Step[] {
  const { chains } = forwardFragment([], version);
  return [
    { title, effect: { kind: 'run', argv: loadCommand(version), stdin: removalText(chains) } },
    removeFile(forwardPaths[family]),
  ];
}

function removeFile(path: string): Step {
  return { title: `remove ${path}`, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches: [`path:${path}`] };
}
