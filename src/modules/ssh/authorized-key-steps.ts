import { problem } from '../../core/diagnostic.ts';
import type { Stat, Step } from '../../core/plan.ts';
import { ownershipSteps } from '../ownership.ts';
import type { KeyFile } from './key-file.ts';

/** sshd ignores keys in a directory that others may write to. */
export function directorySteps({ user, group, directory }: KeyFile): Step[] {
  if (!directory) return [];
  const { path, stat } = directory;
  if (stat && stat.kind !== 'directory') throw inTheWay(path, stat);
  if (stat) return ownershipSteps(path, { mode: '0700', owner: user }, stat);
  const touches = [`path:${path}`];
  return [
    { title: `create directory ${path}`, effect: { kind: 'run', argv: ['mkdir', '-m', '0700', path] }, touches },
    // -h: a user quick enough to put a link there does not get what it leads to
    {
      title: `give ${path} to ${user}`,
      effect: { kind: 'run', argv: ['chown', '-h', `${user}:${group}`, path] },
      touches,
    },
  ];
}

export function fileSteps({ user, group, path, stat, text }: KeyFile, wanted: string): Step[] {
  if (stat && stat.kind !== 'file') throw inTheWay(path, stat);
  if (stat && text === wanted) return ownershipSteps(path, { mode: '0600', owner: user }, stat);
  return [
    {
      title: `${stat ? 'change' : 'create'} ${path}`,
      ...(text !== undefined && { before: text }),
      after: wanted,
      effect: { kind: 'write', path, content: wanted, mode: '0600', owner: user, group: stat?.group ?? group },
      touches: [`path:${path}`],
    },
  ];
}

/** A user can put a link there that makes root write elsewhere. */
function inTheWay(path: string, { kind, target }: Stat): Error {
  const found = kind === 'link' ? `a symbolic link to ${target ?? 'somewhere'}` : `a ${kind}`;
  return problem('PV5102', `${path} is ${found}, and keys are written to nothing but plain files`, {
    argument: ['user'],
    help: 'see who made it, and why; `path` may name another file',
  });
}
