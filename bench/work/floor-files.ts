import { createHash } from 'node:crypto';
import { type RigHost, sshConfigFile } from '../rig/names.ts';
import { contentOf } from './host-state.ts';
import { noOps, tasksOf } from './model.ts';
import type { Files } from './provision-files.ts';

/** What a patient administrator would write by hand: one script a host, which looks at everything and mends the rest. */
export function floorFiles(hosts: readonly RigHost[]): Files {
  const scripts = hosts.flatMap((host) => [
    [`w1-${host.address}.sh`, script(host)],
    [`w2-${host.address}.sh`, `for number in $(seq ${noOps}); do /bin/true || exit 1; done\n`],
  ]);
  return { ...Object.fromEntries(scripts), 'w1.sh': launcher(hosts, 'w1'), 'w2.sh': launcher(hosts, 'w2') };
}

/** All hosts at once, each over an OpenSSH connection of its own. */
function launcher(hosts: readonly RigHost[], work: string): string {
  const ssh = `ssh -F ${sshConfigFile} {} sh -s <${work}-{}.sh`;
  return `printf '%s\\n' ${hosts.map(({ address }) => address).join(' ')} | xargs -P ${hosts.length} -I{} sh -c '${ssh}'\n`;
}

function script(host: RigHost): string {
  const at = (path: string) => `${host.folder}/${path}`;
  return [
    'set -e',
    ...directories(at),
    ...files(host, at),
    ...tasksOf('line').map(({ path, match, line }) => {
      return `grep -qx '${line}' ${at(path)} || sed -i 's|${match}.*|${line}|' ${at(path)}`;
    }),
    ...tasksOf('command').map(({ creates }) => `[ -e ${at(creates)} ] || touch ${at(creates)}`),
    'there=$(iptables -S INPUT)',
    ...tasksOf('rule').map(({ port }) => {
      const rule = `-p tcp -m tcp --dport ${port} -j ACCEPT`;
      return unless(`-A INPUT ${rule}`, `iptables -A INPUT ${rule}`);
    }),
    '',
  ].join('\n');
}

type At = (path: string) => string;

function directories(at: At): readonly string[] {
  const all = tasksOf('directory');
  return [
    `there=$(stat -c '%n %a %U %G' ${all.map(({ path }) => at(path)).join(' ')} 2>/dev/null || :)`,
    ...all.map(({ path, mode, owner }) => {
      const make = `mkdir -p ${at(path)}; chmod ${mode} ${at(path)}; chown ${owner}:${owner} ${at(path)}`;
      return unless(`${at(path)} ${Number(mode)} ${owner} ${owner}`, make);
    }),
  ];
}

function files(host: RigHost, at: At): readonly string[] {
  const all = tasksOf('template');
  const paths = all.map(({ path }) => at(path)).join(' ');
  return [
    `there=$(sha256sum ${paths} 2>/dev/null || :; stat -c '%n %a' ${paths} 2>/dev/null || :)`,
    ...all.map((task) => {
      const content = contentOf(task, host);
      const path = at(task.path);
      const write = `cat >${path}.new <<'END'\n${content}END\nmv ${path}.new ${path}`;
      return unless(`${createHash('sha256').update(content).digest('hex')}  ${path}`, write);
    }),
    ...all.map(({ path, mode }) => unless(`${at(path)} ${Number(mode)}`, `chmod ${mode} ${at(path)}`)),
  ];
}

/** `$there` has this text in it, or the command is carried out. */
function unless(text: string, command: string): string {
  return `case "$there" in *"${text}"*) ;; *) ${command} ;; esac`;
}
