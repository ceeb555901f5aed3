import type { Step } from '../../core/plan.ts';
import type { Thing } from '../../core/thing.ts';
import type { Restorer } from '../restorer.ts';
import { feedVirsh, infoOf, lookUp, runVirsh } from './virsh.ts';
import { parseXml, textAt } from './xml.ts';

const kind = 'libvirt.restore_pool';

export interface KnownPool {
  readonly path: string;
  readonly active: boolean;
  readonly autostart: boolean;
}

/** A pool as something that an undo can put back; what is in it is data, and stays. */
export function poolThing(name: string, pool: KnownPool | undefined): Thing {
  return { kind, name, state: pool ? { path: pool.path, runs: pool.active, boot: pool.autostart } : null };
}

/** Whether there is a pool, whether it runs, and whether it starts at boot. */
export const poolRestore: Restorer = {
  kind,
  called: (name) => `pool ${name}`,

  async read(name, look) {
    const kept = await lookUp(look, 'pool', name);
    if (!kept) return { thing: poolThing(name, undefined) };
    const path = textAt(parseXml(kept.xml, 'pool'), 'target/path') ?? '';
    const active = infoOf(kept.info, 'State') === 'running';
    const thing = poolThing(name, { path, active, autostart: infoOf(kept.info, 'Autostart') === 'yes' });
    return { thing: { ...thing, content: kept.xml } };
  },

  // No task takes a pool away, or to another place; an undo may.
  takesContent: (was, now) => was.state !== null && was.state.path !== now.state?.path,

  plan({ name, state: was, content = '' }, { state: now }) {
    const stop: Step = { title: `stop pool ${name}`, effect: runVirsh('pool-destroy', name) };
    if (!was) {
      const title = `remove pool ${name}; its folder ${now?.path ?? ''} stays, with all that is in it`;
      return [...(now?.runs ? [stop] : []), { title, effect: runVirsh('pool-undefine', name) }];
    }
    const effect = feedVirsh(content, 'pool-define', '/dev/stdin');
    const define: Step = { title: `put back the definition of pool ${name}`, effect };
    const start: Step = { title: `start pool ${name} again`, effect: runVirsh('pool-start', name) };
    return [
      ...(was.path === now?.path ? [] : [define]),
      ...(was.runs === (now?.runs ?? false) ? [] : [was.runs ? start : stop]),
      ...(was.boot === (now?.boot ?? false) ? [] : [autostartStep(name, was.boot === true)]),
    ];
  },
};

function autostartStep(name: string, wanted: boolean): Step {
  const title = wanted
    ? `start pool ${name} when the host boots again`
    : `no longer start pool ${name} when the host boots`;
  return { title, effect: runVirsh('pool-autostart', name, ...(wanted ? [] : ['--disable'])) };
}
