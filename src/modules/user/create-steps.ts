import type { Step } from '../../core/plan.ts';
import type { Accounts } from './account-state.ts';
import type { WantedAccount } from './wanted-account.ts';

export function createSteps(wanted: WantedAccount, tools: Accounts['tools']): Step[] {
  const title = `create account ${wanted.name}`;
  if (tools === 'shadow') return [{ title, effect: { kind: 'run', argv: useradd(wanted) } }];
  const { name, groups = [] } = wanted;
  return [{ title, effect: { kind: 'run', argv: adduser(wanted) } }, ...groups.map((group) => joinStep(name, group))];
}

function useradd({ name, groups = [], create_home, system, ...wanted }: WantedAccount): string[] {
  return [
    'useradd',
    create_home ? '--create-home' : '--no-create-home',
    ...(system ? ['--system'] : []),
    ...option('--uid', wanted.uid),
    ...option('--gid', wanted.group),
    ...(groups.length > 0 ? ['--groups', groups.join(',')] : []),
    ...option('--home-dir', wanted.home),
    ...option('--shell', wanted.shell),
    ...option('--comment', wanted.comment),
    name,
  ];
}

/** `-D`: busybox asks for no password; none is set. */
function adduser({ name, create_home, system, ...wanted }: WantedAccount): string[] {
  return [
    'adduser',
    '-D',
    ...(create_home ? [] : ['-H']),
    ...(system ? ['-S'] : []),
    ...option('-u', wanted.uid),
    ...option('-G', wanted.group),
    ...option('-h', wanted.home),
    ...option('-s', wanted.shell),
    ...option('-g', wanted.comment),
    name,
  ];
}

export function joinStep(name: string, group: string): Step {
  return { title: `add ${name} to group ${group}`, effect: { kind: 'run', argv: ['addgroup', name, group] } };
}

/** Over standard input: everybody on the host can see arguments. */
export function passwordStep({ name, password_hash }: WantedAccount, matches: boolean | undefined): Step | undefined {
  if (password_hash === undefined || matches) return undefined;
  const effect = { kind: 'run', argv: ['chpasswd', '-e'], stdin: `${name}:${password_hash}\n` } as const;
  return { title: `set the password of ${name}`, effect };
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}
