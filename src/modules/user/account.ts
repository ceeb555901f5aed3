import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, hostPath, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { type Accounts, readAccounts, readPasswordMatches } from './account-state.ts';
import { createSteps, passwordStep } from './create-steps.ts';
import { modifySteps } from './modify-steps.ts';
import { refuseImpossible } from './refuse-impossible.ts';
import { removeSteps } from './remove-steps.ts';
import type { WantedAccount } from './wanted-account.ts';

const groupName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$' });

export const userAccount = defineModule({
  name: 'user.account',
  description: 'A local account: its groups, home, shell and password.',
  args: args({
    name: Type.String({ pattern: '^[a-z_][a-z0-9_.-]{0,31}$', description: 'login name' }),
    state: oneOf(['present', 'absent'], { default: 'present', description: 'whether the account is there' }),
    uid: Type.Optional(Type.Integer({ minimum: 0, description: 'number of the account' })),
    group: Type.Optional({ ...groupName, description: 'primary group, which must exist; by default one of its own' }),
    groups: Type.Optional(Type.Array(groupName, { description: 'further groups, which must exist' })),
    append: Type.Boolean({ default: true, description: 'keep the account in groups that `groups` does not name' }),
    home: Type.Optional(hostPath('home directory; files of an old one are not moved')),
    create_home: Type.Boolean({ default: true, description: 'make the home directory of a new account' }),
    shell: Type.Optional(hostPath('login shell')),
    comment: Type.Optional(Type.String({ pattern: '^[^:\\r\\n]*$', description: 'full name or purpose' })),
    password_hash: Type.Optional(
      Type.String({
        pattern: '^[^:\\s]+$',
        secret: true,
        description: 'crypted password as /etc/shadow has it ($6$..., $y$...); `!` or `*` for none',
      }),
    ),
    system: Type.Boolean({ default: false, description: 'a new account for a service: low number, no expiry' }),
    remove_home: Type.Boolean({ default: false, description: 'with `state: absent`: remove the home directory, too' }),
  }),
  examples: [
    'name: tuna\ngroups: [sudo]\nshell: /bin/bash',
    'name: backup-pull\nsystem: true\nhome: /var/lib/backup-pull\nshell: /usr/sbin/nologin',
    'name: intern\nstate: absent\nremove_home: true',
  ],

  lasting: 'accounts stay as they are',
  async read({ name, group, groups = [], password_hash }, look): Promise<Accounts> {
    const named = group === undefined ? groups : [...groups, group];
    const [accounts, passwordMatches] = await Promise.all([
      readAccounts(name, named, look),
      password_hash === undefined ? undefined : readPasswordMatches(name, password_hash, look),
    ]);
    return { ...accounts, ...(passwordMatches !== undefined && { passwordMatches }) };
  },

  plan({ state, remove_home, ...wanted }, current): readonly Step[] {
    if (!current) return [];
    refuseImpossible({ state, ...wanted }, current);
    const steps = state === 'absent' ? removeSteps({ ...wanted, remove_home }, current) : presentSteps(wanted, current);
    if (steps.length > 0 && current.tools === 'none') throw noTools(steps);
    return steps;
  },
});

function presentSteps(wanted: WantedAccount, { account, tools, passwordMatches }: Accounts): Step[] {
  const steps = account ? modifySteps(wanted, account, tools) : createSteps(wanted, tools);
  const password = passwordStep(wanted, passwordMatches);
  return password ? [...steps, password] : steps;
}

function noTools(steps: readonly Step[]): Error {
  const titles = steps.map(({ title }) => title).join('; ');
  return problem('PV5113', `this host has neither useradd nor adduser, and this is to be done: ${titles}`, {
    help: 'install the package passwd, or make the account when the system is installed',
  });
}
