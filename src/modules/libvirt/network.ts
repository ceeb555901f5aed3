import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, type Infer, Type, templateFile } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { describeDifference, differenceText, missingFrom, type XmlDifference } from './compare-xml.ts';
import { keptStep } from './kept-step.ts';
import { reservationSteps, withoutReservations } from './reservations.ts';
import { feedVirsh, infoOf, lookUp, runVirsh, virsh } from './virsh.ts';
import { elementAt, formatXml, parseXml, textAt, withChild, type Xml } from './xml.ts';

const schema = args({
  name: Type.String({ minLength: 1, description: 'name of the network, as in its definition' }),
  xml: templateFile('template of its XML; a reservation for each guest in it gives guests fixed addresses'),
  autostart: Type.Boolean({ default: true, description: 'start the network when the host boots' }),
});

interface NetworkState {
  /** What it will be when it starts next. */
  readonly config: string;
  /** What it is now; left out while it does not run. */
  readonly live?: string;
  readonly autostart: boolean;
}

export const libvirtNetwork = defineModule<typeof schema, NetworkState>({
  name: 'libvirt.network',
  description:
    'A network that guests are attached to, defined, started and kept. Reservations are added to it while guests use it.',
  args: schema,
  async read({ name }, look) {
    const [kept, live] = await Promise.all([
      lookUp(look, 'network', name),
      look.query(virsh('net-dumpxml', name), { exits: [0, 1] }),
    ]);
    if (!kept) return undefined;
    const active = infoOf(kept.info, 'Active') === 'yes';
    return {
      config: kept.xml,
      ...(active && live.exit === 0 && { live: live.stdout }),
      autostart: infoOf(kept.info, 'Autostart') === 'yes',
    };
  },
  plan(wanted, current) {
    const definition = parseXml(wanted.xml, 'network', 'xml');
    checkName(wanted.name, definition);
    if (!current) {
      return [...defineSteps(wanted.name, definition), startStep(wanted), ...autostartSteps(wanted, false)];
    }
    const change = current.live === undefined ? changeStopped : changeRunning;
    return [...change(wanted.name, definition, current), ...autostartSteps(wanted, current.autostart)];
  },
  examples: ['{ name: nat, xml: network.xml.ejs }'],
});

type Wanted = Infer<typeof schema>;

function checkName(name: string, definition: Xml): void {
  const defined = textAt(definition, 'name');
  if (defined === name) return;
  throw problem('PV5301', `the definition is that of network ${defined ?? 'without a name'}, not of ${name}`, {
    argument: ['xml'],
  });
}

function changeStopped(name: string, definition: Xml, { config }: NetworkState): readonly Step[] {
  const kept = parseXml(config, 'network');
  const differences = missingFrom(kept, definition);
  const redefine = differences.length > 0 ? defineSteps(name, withUuid(definition, kept), differences) : [];
  return [...redefine, startStep({ name })];
}

function changeRunning(name: string, definition: Xml, { config, live = '' }: NetworkState): readonly Step[] {
  const views = { name, wanted: definition, config: parseXml(config, 'network'), live: parseXml(live, 'network') };
  const bare = withoutReservations(definition);
  const differences = [...missingFrom(views.config, bare), ...missingFrom(views.live, bare)];
  if (differences.length > 0) {
    const what = [...new Set(differences.map(describeDifference))].join('; ');
    throw problem('PV5302', `network ${name} runs and is not as defined: ${what}`, {
      argument: ['xml'],
      help: `restarting it cuts off its guests: when that may be, \`virsh net-destroy ${name}\` and run again`,
    });
  }
  return reservationSteps(views);
}

/** A definition without a uuid would be that of another network. */
function withUuid(definition: Xml, kept: Xml): Xml {
  const uuid = elementAt(kept, 'uuid');
  return elementAt(definition, 'uuid') || !uuid ? definition : withChild(definition, uuid, 'name');
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
