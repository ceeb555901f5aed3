import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import type { Account, Accounts } from './account-state.ts';
import { joinStep } from './create-steps.ts';
import type { WantedAccount } from './wanted-account.ts';

interface Change {
  readonly words: readonly string[];
  readonly before: string;
  readonly after: string;
}

export function modifySteps(wanted: WantedAccount, present: Account, tools: Accounts['tools']): Step[] {
  const { name } = wanted;
  const changes = changesOf(wanted, present);
  const { joined, left } = groupChanges(wanted, present);
  if (tools !== 'shadow') {
    const [change] = changes;
    if (change) throw cannotChange(name, change);
    return [...joined.map((group) => joinStep(name, group)), ...left.map((group) => leaveStep(name, group))];
  }
  return [...usermodStep(name, changes), ...groupSteps(wanted, { joined, left })];
}

function changesOf(wanted: WantedAccount, present: Account): Change[] {
  const pairs = [
    { option: '--uid', name: 'uid', from: present.uid, to: wanted.uid },
    { option: '--gid', name: 'group', from: present.group, to: wanted.group },
    { option: '--home', name: 'home', from: present.home, to: wanted.home },
    { option: '--shell', name: 'shell', from: present.shell, to: wanted.shell },
    { option: '--comment', name: 'comment', from: present.comment, to: wanted.comment },
  ];
  return pairs
    .filter(({ from, to }) => to !== undefined && to !== from)
    .map(({ option, name, from, to }) => {
      return { words: [option, String(to)], before: `${name}: ${from}`, after: `${name}: ${to}` };
    });
}

function groupChanges(
  { groups, append, group }: WantedAccount,
  present: Account,
): { joined: string[]; left: string[] } {
  const primary = group ?? present.group;
  const wanted = (groups ?? []).filter((item) => item !== primary);
  const joined = wanted.filter((item) => !present.groups.includes(item));
  const left = append || !groups ? [] : present.groups.filter((item) => !wanted.includes(item) && item !== primary);
  return { joined, left };
}

function usermodStep(name: string, changes: readonly Change[]): Step[] {
  if (changes.length === 0) return [];
  const effect = { kind: 'run', argv: ['usermod', ...changes.flatMap(({ words }) => words), name] } as const;
  const before = changes.map((change) => `${change.before}\n`).join('');
  const after = changes.map((change) => `${change.after}\n`).join('');
  return [
    { title: `change account ${name}: ${changes.map((change) => change.after).join(', ')}`, before, after, effect },
  ];
}

function groupSteps(
  { name, groups = [] }: WantedAccount,
  { joined, left }: { joined: string[]; left: string[] },
): Step[] {
  if (left.length > 0) {
    const title = `set the groups of ${name} to ${groups.join(', ') || 'none'} (leaves ${left.join(', ')})`;
    return [{ title, effect: { kind: 'run', argv: ['usermod', '--groups', groups.join(','), name] } }];
  }
  if (joined.length === 0) return [];
  const argv = ['usermod', '--append', '--groups', joined.join(','), name];
  return [{ title: `add ${name} to ${joined.join(', ')}`, effect: { kind: 'run', argv } }];
}

function leaveStep(name: string, group: string): Step {
  return { title: `remove ${name} from group ${group}`, effect: { kind: 'run', argv: ['delgroup', name, group] } };
}

function cannotChange(name: string, { before, after }: Change): Error {
  return problem('PV5113', `account ${name} has ${before}, wanted is ${after}, and this host has no usermod`, {
    help: 'install the package passwd, or remove the account first',
  });
}
