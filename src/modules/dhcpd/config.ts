import { problem } from '../../core/diagnostic.ts';
import type { FileWrite, Step } from '../../core/plan.ts';
import { args, hostPath, type Infer, oneOf, Type, templateFile } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { ownershipArgs, ownershipFor, ownershipSteps } from '../ownership.ts';
import { textThing } from '../path-thing.ts';
import { unitThing } from '../unit-thing.ts';
import { type ConfigState, type Place, readConfig } from './config-state.ts';
import { activateStep, addHostsStep, type Difference, type Forgetting } from './config-steps.ts';
import { readDeclarations } from './declarations.ts';
import { refuseOtherInterfaces, withInterfaces } from './interfaces.ts';
import { leaseDifferences } from './leases.ts';
import { omapiIn, onlyHostsAdded } from './omapi.ts';
import { readKea, reservationsIn } from './reservations.ts';
import { servers } from './servers.ts';

const schema = args({
  template: templateFile('the template of its configuration'),
  server: oneOf(['isc', 'kea'], { default: 'isc', description: 'which server it is: isc-dhcp-server, or Kea' }),
  path: Type.Optional(hostPath("its configuration on the host; the server's own place when left out")),
  interfaces: Type.Optional(
    Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.@-]{1,15}$' }), {
      minItems: 1,
      description: 'interfaces it listens on; Kea has them in its configuration, where they must be the same',
    }),
  ),
  service: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9:_.@-]+$', description: "its unit; the one of Debian's package when left out" }),
  ),
  leases: Type.Boolean({
    default: false,
    description: 'read the leases back: the result has `leases`, and `differing`, those that are not as planned',
  }),
  ...ownershipArgs,
});

type Wanted = Infer<typeof schema>;

export const dhcpdConfig = defineModule<typeof schema, ConfigState>({
  name: 'dhcpd.config',
  description:
    'The configuration of a DHCP server. The server itself checks it before it counts, and gets the old one back if it does not come up.',
  args: schema,
  examples: ['template: dhcpd.conf.ejs\ninterfaces: [eth1]', 'server: kea\ntemplate: kea-dhcp4.conf.ejs\nleases: true'],

  read: (wanted, look) =>
    readConfig(
      {
        ...placeOf(wanted),
        text: wanted.template,
        withDefaults: wanted.interfaces !== undefined,
        withLeases: wanted.leases,
      },
      look,
    ),

  things(wanted, current) {
    const { path, service } = placeOf(wanted);
    const { config, defaults, unit } = current ?? { config: {} };
    return [
      textThing(path, config),
      ...(defaults ? [textThing(servers.isc.defaults, defaults)] : []),
      { ...unitThing(service, { runs: unit?.sub === 'running' }), again: 'restarted' },
    ];
  },

  plan(wanted, current = { config: {}, unit: { load: 'not-found', sub: 'dead' }, toldOf: [] }): readonly Step[] {
    const { name, path, service } = placeOf(wanted);
    refuseImpossible(wanted, current);
    const files = [...changedConfig(wanted, current), ...changedDefaults(wanted, current)];
    const { instead } = current;
    const target = { server: servers[name], service, path, text: wanted.template };
    const running = current.unit.sub === 'running';
    const controlSocket = running && instead === undefined ? controlSocketOf(wanted, current) : undefined;
    const activation = {
      ...{ ...target, files },
      ...(instead !== undefined && { instead }),
      ...(controlSocket !== undefined && { controlSocket }),
    };
    if (files.length === 0) {
      const { stat } = current.config;
      const serves = running && instead === undefined;
      return [...(stat ? ownershipSteps(path, wanted, stat) : []), ...(serves ? [] : [activateStep(activation, {})])];
    }
    const difference = differenceOf(files, current);
    const isConfigAlone = files.length === 1 && files[0]?.path === path;
    const before = name === 'isc' && running && isConfigAlone ? current.config.text : undefined;
    const addition = before === undefined ? undefined : onlyHostsAdded(before, wanted.template);
    if (addition) return [addHostsStep(activation, difference, addition)];
    return [activateStep(activation, difference, forgettingOf(wanted, current))];
  },

  result(wanted, current) {
    if (current?.leases === undefined) return {};
    const reservations = reservationsIn(wanted.template, wanted.server);
    return { leases: current.leases, differing: leaseDifferences(reservations, current.leases) };
  },
});

function placeOf({ server, path, service }: Wanted): Place {
  const { path: usualPath, service: usualService } = servers[server];
  return { name: server, path: path ?? usualPath, service: service ?? usualService };
}

function refuseImpossible(wanted: Wanted, { config, defaults, unit }: ConfigState): void {
  const { path, service } = placeOf(wanted);
  const other = [config, defaults].find((file) => file?.stat && file.stat.kind !== 'file');
  if (other) {
    const what = other === config ? path : servers.isc.defaults;
    throw problem('PV5102', `${what} is no regular file`, { help: 'move it away by hand; links are not followed' });
  }
  if (wanted.server === 'kea' && wanted.interfaces) {
    const listening = readKea(wanted.template).Dhcp4?.['interfaces-config']?.interfaces;
    refuseOtherInterfaces(listening, wanted.interfaces);
  }
  if (unit.load !== 'not-found') return;
  throw problem('PV5503', `there is no ${service} on this host`, {
    argument: ['server'],
    help: `install it first: apt.package: { packages: [${servers[wanted.server].package}] }`,
  });
}

function changedConfig(wanted: Wanted, { config }: ConfigState): readonly FileWrite[] {
  if (config.text === wanted.template) return [];
  return [{ path: placeOf(wanted).path, content: wanted.template, ...ownershipFor(wanted, config.stat) }];
}

function changedDefaults({ server, interfaces }: Wanted, { defaults }: ConfigState): readonly FileWrite[] {
  if (server !== 'isc' || !interfaces || !defaults) return [];
  const content = withInterfaces(defaults.text ?? '', interfaces);
  return content === defaults.text ? [] : [{ path: servers.isc.defaults, content, ...ownershipFor({}, defaults.stat) }];
}

/** As the configuration says that it runs with. */
function controlSocketOf({ server }: Wanted, { config }: ConfigState): string | undefined {
  if (server !== 'kea') return undefined;
  return readKea(config.text ?? '').Dhcp4?.['control-socket']?.['socket-name'];
}

/** Of the configuration, or of the interfaces where they alone change. */
function differenceOf([first]: readonly FileWrite[], { config, defaults }: ConfigState): Difference {
  if (typeof first?.content !== 'string') return {};
  const before = (first.path === servers.isc.defaults ? defaults : config)?.text;
  return { ...(before !== undefined && { before }), after: first.content };
}

/** Only those that the old file has and the new one has not: others were told of by somebody else. */
function forgettingOf({ template, server }: Wanted, { config, toldOf, unit }: ConfigState): Forgetting | undefined {
  if (server !== 'isc' || toldOf.length === 0 || unit.sub !== 'running') return undefined;
  const old = readDeclarations(config.text ?? '');
  const omapi = omapiIn(old.rest);
  const kept = new Set(readDeclarations(template).hosts.map(({ name }) => name));
  const told = new Set(toldOf);
  const hosts = old.hosts.map(({ name }) => name).filter((name) => told.has(name) && !kept.has(name));
  return omapi && hosts.length > 0 ? { omapi, hosts } : undefined;
}
