import { createHash } from 'node:crypto';
import type { Step } from '../../core/plan.ts';
import type { Thing } from '../../core/thing.ts';
import type { Restorer } from '../restorer.ts';
import { inOneOrder, updateSteps, withoutUpdatable } from './network-updates.ts';
import { feedVirsh, infoOf, lookUp, runVirsh, virsh } from './virsh.ts';
import { formatXml, parseXml, textAt, type Xml } from './xml.ts';

const kind = 'libvirt.restore_network';

export interface KnownNetwork {
  /** What it will be when it starts next. */
  readonly config: string;
  readonly runs: boolean;
  readonly autostart: boolean;
}

/** A network as something that an undo can put back. */
export function networkThing(name: string, network: KnownNetwork | undefined): Thing {
  if (!network) return { kind, name, state: null };
  const { config, runs, autostart } = network;
  return { kind, name, state: { digest: digestOf(config), runs, boot: autostart }, content: config };
}

/** The definition of a network, whether it runs, and whether it starts at boot. */
export const networkRestore: Restorer = {
  kind,
  called: (name) => `network ${name}`,

  async read(name, look) {
    const [kept, live] = await Promise.all([
      lookUp(look, 'network', name),
      look.query(virsh('net-dumpxml', name), { exits: [0, 1] }),
    ]);
    if (!kept) return { thing: networkThing(name, undefined) };
    const runs = infoOf(kept.info, 'Active') === 'yes';
    const thing = networkThing(name, { config: kept.xml, runs, autostart: infoOf(kept.info, 'Autostart') === 'yes' });
    const guests = Number(live.exit === 0 ? (textAt(parseXml(live.stdout, 'network'), '@connections') ?? 0) : 0);
    const inUse = `interfaces of guests that run are attached to it: ${guests}`;
    return { thing, hindrance: (was) => (guests > 0 && runs && !was.state?.runs ? inUse : undefined) };
  },

  takesContent: (was, now) => was.state !== null && was.state.digest !== now.state?.digest,

  plan(was, now) {
    const { name } = was;
    const [wanted, present] = [was.state, now.state];
    if (!wanted) {
      const stop = present?.runs ? [stopStep(name)] : [];
      return [
        ...stop,
        {
          title: `remove network ${name}`,
          before: now.content ?? '',
          after: '',
          effect: runVirsh('net-undefine', name),
        },
      ];
    }
    return [
      ...(wanted.runs || !present?.runs ? [] : [stopStep(name)]),
      ...(wanted.digest === present?.digest ? [] : defineSteps(was, now)),
      ...(!wanted.runs || present?.runs
        ? []
        : [{ title: `start network ${name} again`, effect: runVirsh('net-start', name) }]),
      ...(wanted.boot === (present?.boot ?? false) ? [] : [autostartStep(name, wanted.boot === true)]),
    ];
  },
};

function digestOf(config: string): string {
  const text = formatXml(inOneOrder(parseXml(config, 'network')));
  return createHash('sha256').update(text).digest('hex');
}

/** What can change while guests use the network does so; all else counts from its next start on. */
function defineSteps({ name, content: was = '' }: Thing, now: Thing): readonly Step[] {
  const wanted = parseXml(was, 'network');
  const present = now.content === undefined ? undefined : parseXml(now.content, 'network');
  const fixed = (network: Xml): string => formatXml(withoutUpdatable(network));
  if (present && now.state?.runs && fixed(wanted) === fixed(present)) {
    return updateSteps({ name, wanted, config: present, live: present, unnamed: 'remove' });
  }
  const when = now.state?.runs ? '; takes effect when it starts next' : '';
  return [
    {
      title: `put back the definition of network ${name}${when}`,
      before: now.content ?? '',
      after: was,
      effect: feedVirsh(was, 'net-define', '--validate', '/dev/stdin'),
    },
  ];
}

function stopStep(name: string): Step {
  return { title: `stop network ${name}`, effect: runVirsh('net-destroy', name) };
}

function autostartStep(name: string, wanted: boolean): Step {
  const title = wanted
    ? `start network ${name} when the host boots again`
    : `no longer start network ${name} when the host boots`;
  return { title, effect: runVirsh('net-autostart', name, ...(wanted ? [] : ['--disable'])) };
}
