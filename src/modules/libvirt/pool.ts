import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, hostPath, type Infer, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { poolThing } from './restore-pool.ts';
import { infoOf, lookUp, runVirsh } from './virsh.ts';
import { parseXml, textAt } from './xml.ts';

const schema = args({
  name: Type.String({ minLength: 1, description: 'name of the pool' }),
  path: hostPath('folder that holds the volumes; made if it is missing'),
  autostart: Type.Boolean({ default: true, description: 'start the pool when the host boots' }),
});

interface PoolState {
  readonly type: string;
  readonly path: string;
  readonly active: boolean;
  readonly autostart: boolean;
  /** The folder is there. */
  readonly built: boolean;
}

export const libvirtPool = defineModule<typeof schema, PoolState>({
  name: 'libvirt.pool',
  description: 'A storage pool of libvirt: a folder that holds disk images or installer files.',
  args: schema,
  async read({ name, path }, look) {
    const [kept, folder] = await Promise.all([lookUp(look, 'pool', name), look.stat(path)]);
    if (!kept) return undefined;
    const pool = parseXml(kept.xml, 'pool');
    return {
      type: textAt(pool, '@type') ?? '',
      path: textAt(pool, 'target/path') ?? '',
      active: infoOf(kept.info, 'State') === 'running',
      autostart: infoOf(kept.info, 'Autostart') === 'yes',
      built: folder?.kind === 'directory',
    };
  },
  things: ({ name }, current) => [poolThing(name, current)],
  plan(wanted, current) {
    if (!current) return [defineStep(wanted), buildStep(wanted), startStep(wanted), ...autostartSteps(wanted, false)];
    if (current.type !== 'dir' || current.path !== wanted.path.replace(/(?<=.)\/+$/, '')) {
      throw problem(
        'PV5304',
        `pool ${wanted.name} is a ${current.type} pool on ${current.path}, not on ${wanted.path}`,
        {
          argument: ['path'],
          help: 'choose another name, or move its volumes and remove it (virsh pool-destroy, virsh pool-undefine)',
        },
      );
    }
    const build = current.built ? [] : [buildStep(wanted)];
    const start = current.active ? [] : [startStep(wanted)];
    return [...build, ...start, ...autostartSteps(wanted, current.autostart)];
  },
  examples: ['{ name: vms, path: /data/vms }'],
});

type Wanted = Infer<typeof schema>;

function defineStep({ name, path }: Wanted): Step {
  return {
    title: `define pool ${name} on ${path}`,
    effect: runVirsh('pool-define-as', name, 'dir', '--target', path),
  };
}

function buildStep({ name, path }: Wanted): Step {
  return { title: `make folder ${path} for pool ${name}`, effect: runVirsh('pool-build', name) };
}

function startStep({ name }: Wanted): Step {
  return { title: `start pool ${name}`, effect: runVirsh('pool-start', name) };
}

function autostartSteps({ name, autostart }: Wanted, current: boolean): readonly Step[] {
  if (autostart === current) return [];
  const off = autostart ? [] : ['--disable'];
  return [
    {
      title: autostart ? `start pool ${name} when the host boots` : `do not start pool ${name} when the host boots`,
      effect: runVirsh('pool-autostart', name, ...off),
    },
  ];
}
