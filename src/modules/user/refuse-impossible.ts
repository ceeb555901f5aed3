import { problem } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Accounts } from './account-state.ts';

interface Intent {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly group?: string;
  readonly groups?: readonly string[];
}

/** Throws where no tool of the host could do it, or nobody can want it. */
export function refuseImpossible({ name, state, group, groups = [] }: Intent, current: Accounts): void {
  if (current.elsewhere) {
    throw problem('PV5113', `account ${name} comes from elsewhere, not from this host's own files`, {
      argument: ['name'],
      help: 'change it where it is kept (LDAP, for instance), or choose another name',
    });
  }
  if (state === 'absent') {
    if (current.account?.uid !== 0) return;
    throw problem('PV5113', `account ${name} has number 0 and is never removed`, { argument: ['name'] });
  }
  const unknown = [...groups, ...(group === undefined ? [] : [group])].find(
    (item) => !current.groupNames.includes(item),
  );
  if (unknown === undefined) return;
  throw problem('PV5113', `there is no group ${unknown} on this host`, {
    argument: unknown === group ? ['group'] : ['groups', groups.indexOf(unknown)],
    help: didYouMean(unknown, current.groupNames) ?? groupsHelp(current.groupNames),
  });
}

/** A small guest has a handful, a Debian some sixty. */
function groupsHelp(names: readonly string[]): string {
  if (names.length > 12) return 'the package that brings it may not be installed yet';
  return `its groups are ${names.join(', ')}`;
}
