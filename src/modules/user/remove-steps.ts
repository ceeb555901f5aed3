import type { Step } from '../../core/plan.ts';
import type { Accounts } from './account-state.ts';

export function removeSteps(
  { name, withHome }: { name: string; withHome: boolean },
  { account, tools }: Accounts,
): Step[] {
  if (!account) return [];
  const [program, homeOption] = tools === 'shadow' ? ['userdel', '--remove'] : ['deluser', '--remove-home'];
  const argv = withHome ? [program, homeOption, name] : [program, name];
  return [{ title: `remove account ${name}${withHome ? ` and ${account.home}` : ''}`, effect: { kind: 'run', argv } }];
}
