import type { Step } from '../../core/plan.ts';
import type { Accounts } from './account-state.ts';

interface Removal {
  readonly name: string;
  readonly remove_home: boolean;
}

export function removeSteps({ name, remove_home }: Removal, { account, tools }: Accounts): Step[] {
  if (!account) return [];
  const [program, homeOption] = tools === 'shadow' ? ['userdel', '--remove'] : ['deluser', '--remove-home'];
  const argv = remove_home ? [program, homeOption, name] : [program, name];
  return [
    { title: `remove account ${name}${remove_home ? ` and ${account.home}` : ''}`, effect: { kind: 'run', argv } },
  ];
}
