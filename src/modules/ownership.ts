import type { Stat, Step } from '../core/plan.ts';
import { fileMode, Type } from '../schema/schema.ts';

const accountName = '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$';

/** The arguments of every module that puts something into the file system. */
export const ownershipArgs = {
  mode: Type.Optional(fileMode()),
  owner: Type.Optional(Type.String({ pattern: accountName, description: 'user who owns it, by name' })),
  group: Type.Optional(Type.String({ pattern: accountName, description: 'group it belongs to, by name' })),
};

export interface Ownership {
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
}

/** `644` and `0644` are one mode. */
function fullMode(mode: string): string {
  return mode.padStart(4, '0');
}

/** What a new or rewritten entry gets: what is asked for, else what it has. */
export function ownershipFor(wanted: Ownership, present: Stat | undefined): Ownership {
  const mode = wanted.mode === undefined ? present?.mode : fullMode(wanted.mode);
  const owner = wanted.owner ?? present?.owner;
  const group = wanted.group ?? present?.group;
  return { ...(mode && { mode }), ...(owner && { owner }), ...(group && { group }) };
}

/** Of a directory, `chmod` takes set-user-id bits away only where five digits say so. */
function inFull(mode: string, present: Stat): string {
  return present.kind === 'directory' && !present.mode.startsWith('0') ? `0${mode}` : mode;
}

/** Owner first: changing it clears set-user-id bits, which the mode then sets again. */
export function ownershipSteps(path: string, wanted: Ownership, present: Stat): Step[] {
  const steps: Step[] = [];
  const touches = [`path:${path}`];
  const { mode, owner = present.owner, group = present.group } = ownershipFor(wanted, present);
  if (owner !== present.owner || group !== present.group) {
    steps.push({
      title: `give ${path} to ${owner}:${group} (was ${present.owner}:${present.group})`,
      effect: { kind: 'run', argv: ['chown', `${owner}:${group}`, path] },
      touches,
    });
  }
  if (mode !== undefined && mode !== fullMode(present.mode)) {
    steps.push({
      title: `set mode of ${path} to ${mode} (was ${present.mode})`,
      effect: { kind: 'run', argv: ['chmod', inFull(mode, present), path] },
      touches,
    });
  }
  return steps;
}
