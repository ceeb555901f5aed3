import type { Step } from '../../core/plan.ts';
import { isLoaded, removalText } from '../firewall-fragment.ts';
import { loadCommand } from '../firewall-load.ts';
import { persistenceSteps, withdrawalSteps } from '../firewall-persistence.ts';
import type { Forward } from './forward-record.ts';
import { forwardFragment, forwardText } from './forward-rules.ts';
import { type ForwardState, forwardPaths, sysctlPath } from './forward-state.ts';
import { familyOf, leaveLibvirtTable, letsPass, libvirtText } from './libvirt-table.ts';

const folder = '/etc/provision/firewall';

/** From what is there to exactly these forwards; `title` says what changes among them. */
export function forwardSteps(forwards: readonly Forward[], current: ForwardState, title: string): Step[] {
  const families = (['v4', 'v6'] as const).map((family) => ({
    family,
    version: family === 'v4' ? (4 as const) : (6 as const),
    wanted: forwards.filter((forward) => familyOf(forward) === (family === 'v4' ? 'ip' : 'ip6')),
  }));
  const kept = families.filter(({ wanted }) => wanted.length > 0);
  const gone = families.filter(({ family, wanted }) => wanted.length === 0 && current[family].text !== undefined);
  const files = [
    ...kept.map(({ family, version, wanted }) => ({ family, text: forwardText(wanted, version) })),
    ...(forwards.length > 0 ? [{ family: 'nft' as const, text: libvirtText(forwards) }] : []),
  ];
  const writes = files.flatMap(({ family, text }) => writeSteps(family, text, { current, title }));
  const loaded =
    kept.every(({ family, version, wanted }) => isLoaded(forwardFragment(wanted, version), current[family].rules)) &&
    letsPass(current.tables, forwards);
  const persistence = forwards.length > 0 ? persistenceSteps(current.persistence) : [];
  const withFolder = writes.length > 0 && current.persistence.fragments.length === 0 ? [makeFolder] : [];
  return [
    ...gone.flatMap(({ family, version }) => removeSteps(family, version, title)),
    ...leaveSteps(forwards, current),
    ...(forwards.length === 0 ? leftOver(current).map(removeFile) : []),
    ...withFolder,
    ...writes,
    ...persistence,
    ...(forwards.length > 0 && (writes.length > 0 || !loaded) ? [load] : []),
    ...(forwards.length === 0 ? withdrawalSteps(current.persistence, 'port-forward') : []),
  ];
}

function leftOver({ nft, sysctl }: ForwardState): string[] {
  return [...(nft === undefined ? [] : [forwardPaths.nft]), ...(sysctl ? [sysctlPath] : [])];
}

const makeFolder: Step = {
  title: `make ${folder}`,
  effect: { kind: 'run', argv: ['mkdir', '-p', folder] },
  touches: [`path:${folder}`],
};

const load: Step = {
  title: 'load the rules that provision keeps',
  effect: { kind: 'run', argv: ['/usr/local/sbin/provision-firewall', 'load'] },
};

interface Change {
  readonly current: ForwardState;
  readonly title: string;
}

function writeSteps(family: 'v4' | 'v6' | 'nft', text: string, { current, title }: Change): Step[] {
  const before = family === 'nft' ? current.nft : current[family].text;
  if (before === text) return [];
  const path = forwardPaths[family];
  return [
    {
      title: family === 'nft' ? `write ${path}, for where libvirt uses nftables` : title,
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

function leaveSteps(forwards: readonly Forward[], { tables }: ForwardState): Step[] {
  return (['ip', 'ip6'] as const)
    .filter((family) => tables[family]?.jump && !forwards.some((forward) => familyOf(forward) === family))
    .map((family) => ({
      title: `leave libvirt's own table ${family} libvirt_network`,
      effect: { kind: 'run', argv: [...leaveLibvirtTable, family] },
    }));
}

function removeFile(path: string): Step {
  return { title: `remove ${path}`, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches: [`path:${path}`] };
}
