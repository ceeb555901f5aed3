import type { Look, Step } from '../core/plan.ts';
import {
  fragmentFolder,
  type HostFile,
  hookFile,
  loaderFile,
  reloadFile,
  unitFile,
  unitName,
  watchFile,
  watchName,
} from './firewall-files.ts';

/** What makes the rules in `fragmentFolder` stay: a script, a boot unit, and a word to each who would push them away. */
export interface Persistence {
  /** Paths of those of our files that are there as they should be, and of those that are otherwise. */
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly enabled: boolean;
  /** Who else is there. */
  readonly libvirt: boolean;
  readonly firewalld: boolean;
  /** File names in the folder of fragments. */
  readonly fragments: readonly string[];
}

const allFiles: readonly HostFile[] = [loaderFile, unitFile, reloadFile, hookFile, watchFile];

export async function readPersistence(look: Look): Promise<Persistence> {
  const [texts, enabled, libvirt, firewalld, listing] = await Promise.all([
    Promise.all(allFiles.map(({ path }) => look.readText(path))),
    look.query(['systemctl', 'is-enabled', unitName], { exits: [0, 1, 4] }),
    look.stat('/etc/libvirt'),
    look.stat('/usr/sbin/firewalld'),
    look.query(['sh', '-c', `[ ! -d ${fragmentFolder} ] || ls ${fragmentFolder}`]),
  ]);
  const pathsWhere = (holds: (text: string | undefined, file: HostFile) => boolean): readonly string[] =>
    allFiles.filter((file, index) => holds(texts[index], file)).map(({ path }) => path);
  return {
    right: pathsWhere((text, file) => text === file.text),
    wrong: pathsWhere((text, file) => text !== undefined && text !== file.text),
    enabled: enabled.stdout.trim() === 'enabled',
    libvirt: libvirt !== undefined,
    firewalld: firewalld !== undefined,
    fragments: listing.stdout.split('\n').filter((name) => /\.(v4|v6|nft)$/.test(name)),
  };
}

/** Whatever is missing for the rules to stay; to be called where there is a fragment, before it is loaded. */
export function persistenceSteps(current: Persistence): Step[] {
  const needed = allFiles.filter(
    (file) => (file !== hookFile || current.libvirt) && (file !== watchFile || current.firewalld),
  );
  const missing = needed.filter(({ path }) => !current.right.includes(path));
  const steps = [...makeFolders(missing), ...missing.map(writeStep)];
  if (!current.enabled || missing.some(({ path }) => path.startsWith('/etc/systemd/'))) {
    steps.push(enableStep(needed.includes(watchFile)));
  }
  return missing.includes(hookFile) ? [...steps, noticeHook] : steps;
}

function enableStep(withFirewalld: boolean): Step {
  const script = [
    'systemctl daemon-reload',
    `systemctl -q reenable ${unitName}`,
    ...(withFirewalld ? [`systemctl -q reenable ${watchName}`] : []),
    ...(withFirewalld ? [`{ ! systemctl -q is-active firewalld || systemctl restart ${watchName}; }`] : []),
  ];
  return {
    title: `have systemd load the rules in ${fragmentFolder} at boot, and after others have pushed them away`,
    effect: { kind: 'run', argv: ['sh', '-c', script.join(' && ')] },
    touches: [`unit:${unitName}`, `unit:${watchName}`],
  };
}

/** With the last fragment all of it goes; to be called by who takes away the files of fragment `name`. */
export function withdrawalSteps(current: Persistence, name: string): Step[] {
  const others = current.fragments.filter((file) => !file.startsWith(`${name}.`));
  const present = [...current.right, ...current.wrong];
  if (others.length > 0 || present.length === 0) return [];
  const script = `systemctl -q disable --now ${unitName} ${watchName} 2>/dev/null; rm -f -- "$@"; rmdir ${fragmentFolder} /etc/provision 2>/dev/null; systemctl daemon-reload`;
  return [
    {
      title: 'take away what loaded the rules of provision: none are left',
      before: present.map((path) => `${path}\n`).join(''),
      effect: { kind: 'run', argv: ['sh', '-c', script, 'sh', ...present] },
      touches: [...present.map((path) => `path:${path}`), `unit:${unitName}`],
    },
    ...(present.includes(hookFile.path) ? [noticeHook] : []),
  ];
}

/** The folders that a Debian does not have from the start. */
function makeFolders(files: readonly HostFile[]): Step[] {
  const folders = files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))).filter((folder) => /\.d$/.test(folder));
  if (folders.length === 0) return [];
  return [
    {
      title: `make ${folders.join(' and ')}`,
      effect: { kind: 'run', argv: ['mkdir', '-p', ...folders] },
      touches: folders.map((folder) => `path:${folder}`),
    },
  ];
}

function writeStep({ path, text, mode, what }: HostFile): Step {
  return {
    title: `write ${path}, ${what}`,
    after: text,
    effect: { kind: 'write', path, content: text, mode, owner: 'root', group: 'root' },
    touches: [`path:${path}`],
  };
}

/** libvirt looks for hooks when it starts, and when it is told to reload. */
const noticeHook: Step = {
  title: 'let libvirt look for its hooks again',
  effect: {
    kind: 'run',
    argv: [
      'sh',
      '-c',
      'for unit in libvirtd virtnetworkd; do ! systemctl -q is-active $unit || systemctl reload $unit || exit; done',
    ],
  },
  touches: [`path:${hookFile.path}`],
};
