import type { Look } from '../../core/plan.ts';

/** An account as the host's own files have it. */
export interface Account {
  readonly uid: number;
  /** Name of the primary group; its number where the group has no name. */
  readonly group: string;
  /** Supplementary groups, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

export interface Accounts {
  /** Left out: /etc/passwd has no such account. */
  readonly account?: Account;
  /** Known to the host, but not from its own files: LDAP, sssd. */
  readonly elsewhere: boolean;
  /** Every group that the host knows by name. */
  readonly groupNames: readonly string[];
  /** Left out: not asked for. */
  readonly passwordMatches?: boolean;
  /** `shadow`: useradd and its kin; `busybox`: its adduser and addgroup, which some builds leave out. */
  readonly tools: 'shadow' | 'busybox' | 'none';
}

const separator = '--';

/** Sections: the local accounts, the local groups, what the name service says of both, the tools. */
const script = `cat /etc/passwd; echo ${separator}
cat /etc/group; echo ${separator}
if command -v getent >/dev/null; then getent passwd "$1"; echo ${separator}; shift; [ $# = 0 ] || getent group "$@"
else echo ${separator}; fi
echo ${separator}
command -v useradd || command -v adduser || :`;

/** One question; a small guest has no getent, and then only its own files count. */
export async function readAccounts(name: string, groups: readonly string[], look: Look): Promise<Accounts> {
  const { stdout } = await look.query(['sh', '-c', script, 'sh', name, ...groups]);
  const [passwd = [], group = [], known = [], knownGroups = [], tools = []] = sectionsOf(stdout);
  const groupRecords = [...group, ...knownGroups].map((line) => line.split(':'));
  const account = accountOf(name, passwd, groupRecords);
  return {
    ...(account && { account }),
    elsewhere: account === undefined && known.some((line) => line.startsWith(`${name}:`)),
    groupNames: [...new Set(groupRecords.map(([groupName = '']) => groupName))].sort(),
    tools: toolsOf(tools[0]),
  };
}

function toolsOf(found: string | undefined): Accounts['tools'] {
  if (found === undefined) return 'none';
  return found.endsWith('useradd') ? 'shadow' : 'busybox';
}

function sectionsOf(stdout: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of stdout.split('\n')) {
    if (line === separator) sections.push([]);
    else if (line !== '') sections.at(-1)?.push(line);
  }
  return sections;
}

function accountOf(
  name: string,
  passwd: readonly string[],
  groups: readonly (readonly string[])[],
): Account | undefined {
  const record = passwd.find((line) => line.startsWith(`${name}:`))?.split(':');
  if (!record) return undefined;
  const [, , uid = '', gid = '', comment = '', home = '', shell = ''] = record;
  const primary = groups.find(([, , groupId]) => groupId === gid)?.[0] ?? gid;
  const member = groups
    .filter(([, , , members = '']) => members.split(',').includes(name))
    .map(([group = '']) => group);
  return { uid: Number(uid), group: primary, groups: [...new Set(member)].sort(), comment, home, shell };
}

/** The hash itself never leaves this function: what is read may be shown. */
export async function readPasswordMatches(name: string, hash: string, look: Look): Promise<boolean> {
  const argv = ['awk', '-F:', '-v', `name=${name}`, '$1 == name { print $2 }', '/etc/shadow'];
  const { stdout } = await look.query(argv);
  return stdout.trimEnd() === hash;
}
