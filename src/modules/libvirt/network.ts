import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, type Infer, oneOf, Type, templateFile } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { describeDifference, differenceText, missingFrom, type XmlDifference } from './compare-xml.ts';
import { keptStep } from './kept-step.ts';
import { asKept } from './network-definition.ts';
import { attachSteps, type NetworkPort, readLooseTaps, readPorts } from './network-ports.ts';
import { checkAllowed, type Restart, restartNetwork } from './network-restart.ts';
import { type Unnamed, updateSteps, withoutUpdatable, withUnnamed } from './network-updates.ts';
import { networkThing } from './restore-network.ts';
import { checkUnderstood, readUnderstood } from './understood.ts';
import { feedVirsh, infoOf, lookUp, runVirsh, virsh } from './virsh.ts';
import { formatXml, parseXml, textAt, type Xml } from './xml.ts';

const schema = args({
  name: Type.String({ minLength: 1, description: 'name of the network, as in its definition' }),
  xml: templateFile('template of its XML; a reservation for each guest in it gives guests fixed addresses'),
  autostart: Type.Boolean({ default: true, description: 'start the network when the host boots' }),
  restart: oneOf<Restart>(['never', 'ask', 'allowed'], {
    default: 'never',
    description:
      'stop and start the running network for what comes in no other way; interfaces of running guests are attached ' +
      'again, and the guests go on. `never`: refused, with the names of those guests',
  }),
  unnamed: oneOf<Unnamed>(['keep', 'remove'], {
    default: 'keep',
    description: 'reservations, names in DNS and port groups of the network that the template does not name',
  }),
});

interface NetworkState {
  /** Left out: there is no such network. */
  readonly kept?: KeptNetwork;
  /** What libvirt of this host would keep of the definition, where there is something to define. */
  readonly understood?: string;
}

interface KeptNetwork {
  /** What it will be when it starts next. */
  readonly config: string;
  /** What it is now; left out while it does not run. */
  readonly live?: string;
  readonly autostart: boolean;
  /** Interfaces of running guests; looked at only where one hangs loose or the network has to be stopped. */
  readonly ports: readonly NetworkPort[];
}

export const libvirtNetwork = defineModule<typeof schema, NetworkState>({
  name: 'libvirt.network',
  description:
    'A network that guests are attached to, defined, started and kept. Reservations are added to it while guests use it.',
  args: schema,
  async read({ name, xml }, look) {
    const [kept, live, loose] = await Promise.all([
      lookUp(look, 'network', name),
      look.query(virsh('net-dumpxml', name), { exits: [0, 1] }),
      readLooseTaps(look),
    ]);
    const definition = parseXml(xml, 'network', ['xml']);
    const settled = kept && missingFrom(parseXml(kept.xml, 'network'), definition).length === 0;
    const understood = settled ? undefined : await readUnderstood(look, 'network', definition);
    const proof = understood === undefined ? {} : { understood };
    if (!kept) return proof;
    const running = infoOf(kept.info, 'Active') === 'yes' && live.exit === 0 ? live.stdout : undefined;
    const concerned = loose.length > 0 || (running !== undefined && fixedDifferences(xml, running).length > 0);
    const state = {
      config: kept.xml,
      ...(running !== undefined && { live: running }),
      autostart: infoOf(kept.info, 'Autostart') === 'yes',
      ports: concerned ? await readPorts(look, name, loose) : [],
    };
    return { kept: state, ...proof };
  },
  things({ name }, current) {
    const kept = current?.kept;
    return [networkThing(name, kept && { ...kept, runs: kept.live !== undefined })];
  },
  plan(wanted, current) {
    const definition = parseXml(wanted.xml, 'network', ['xml']);
    checkName(wanted.name, definition);
    checkUnderstood('network', definition, current?.understood);
    const kept = current?.kept;
    if (!kept) {
      return [...defineSteps(wanted.name, definition), startStep(wanted), ...autostartSteps(wanted, false)];
    }
    const change = kept.live === undefined ? changeStopped : changeRunning;
    return [...change(wanted, definition, kept), ...autostartSteps(wanted, kept.autostart)];
  },
  examples: [
    '{ name: nat, xml: network.xml.ejs }',
    '{ name: nat, xml: network.xml.ejs, restart: ask, unnamed: remove }',
  ],
});

type Wanted = Infer<typeof schema>;

function checkName(name: string, definition: Xml): void {
  const defined = textAt(definition, 'name');
  if (defined === name) return;
  throw problem('PV5301', `the definition is that of network ${defined ?? 'without a name'}, not of ${name}`, {
    argument: ['xml'],
  });
}

function changeStopped(wanted: Wanted, definition: Xml, { config, ports }: KeptNetwork): readonly Step[] {
  const { name } = wanted;
  return [...settle(wanted, definition, { config }), startStep({ name }), ...attachSteps(name, ports)];
}

function changeRunning(wanted: Wanted, definition: Xml, { config, live = '', ports }: KeptNetwork): readonly Step[] {
  const { name, restart } = wanted;
  const differences = fixedDifferences(wanted.xml, live);
  if (differences.length === 0) {
    return [...settle(wanted, definition, { config, live }), ...attachSteps(name, ports)];
  }
  const interruption = { name, restart, differences, before: config, ports };
  checkAllowed(interruption);
  return [...settle(wanted, definition, { config }), restartNetwork(interruption)];
}

/** Brings what is kept, and what runs, to what is wanted, as far as that disturbs nobody. */
function settle(
  { name, unnamed }: Wanted,
  wanted: Xml,
  { config, live }: Pick<KeptNetwork, 'config' | 'live'>,
): readonly Step[] {
  const kept = parseXml(config, 'network');
  const views = { name, wanted, unnamed, live: live === undefined ? wanted : parseXml(live, 'network') };
  if (missingFrom(kept, withoutUpdatable(wanted)).length === 0) return updateSteps({ ...views, config: kept });
  const whole = unnamed === 'keep' ? withUnnamed(wanted, kept) : wanted;
  return [
    ...defineSteps(name, asKept(whole, kept), missingFrom(kept, wanted)),
    ...updateSteps({ ...views, config: whole }),
  ];
}

/** In what a running network differs that it gets by a restart only. */
function fixedDifferences(wanted: string, running: string): readonly XmlDifference[] {
  return missingFrom(parseXml(running, 'network'), withoutUpdatable(parseXml(wanted, 'network', ['xml'])));
}

function defineSteps(name: string, definition: Xml, differences?: readonly XmlDifference[]): readonly Step[] {
  const text = formatXml(definition);
  const what = differences ? ` anew (${differences.map(describeDifference).join('; ')})` : '';
  return [
    {
      title: `define network ${name}${what}`,
      ...(differences ? differenceText(differences) : { after: text }),
      effect: feedVirsh(text, 'net-define', '--validate', '/dev/stdin'),
    },
    keptStep('network', name, definition),
  ];
}

function startStep({ name }: Pick<Wanted, 'name'>): Step {
  return { title: `start network ${name}`, effect: runVirsh('net-start', name) };
}

function autostartSteps({ name, autostart }: Wanted, current: boolean): readonly Step[] {
  if (autostart === current) return [];
  const off = autostart ? [] : ['--disable'];
  return [
    {
      title: autostart
        ? `start network ${name} when the host boots`
        : `do not start network ${name} when the host boots`,
      effect: runVirsh('net-autostart', name, ...off),
    },
  ];
}
