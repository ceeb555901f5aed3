import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { checkValue } from '../schema/check.ts';
import { type Network, readNetwork } from './network.ts';
import { checkNetwork, checkNetworksApart } from './network-checks.ts';
import { type NetworkValues, networkSchema, networkWording } from './network-schema.ts';
import type { VariableLayer } from './variables.ts';

/** The networks of one `networks` map, by name. */
export type Networks = ReadonlyMap<string, Network>;

const none: Networks = new Map();

/** Gives the networks that a host with these layers sees: those of the strongest map, read once. */
export function networksReader(problems: Problems): (layers: readonly VariableLayer[]) => Networks {
  const known = new Map<VariableLayer, Networks>();
  return (layers) => {
    const layer = layers.findLast(({ values }) => Object.hasOwn(values, 'networks'));
    if (!layer?.document) return none;
    const before = known.get(layer);
    if (before) return before;
    const networks = readNetworks(layer.values.networks, { ...layer, document: layer.document }, problems);
    known.set(layer, networks);
    return networks;
  };
}

interface Place {
  readonly document: Located;
  readonly path: Path;
}

function readNetworks(value: unknown, { document, path }: Place, problems: Problems): Networks {
  const locate = (...steps: Path) => document.locate([...path, 'networks', ...steps]);
  if (!isMap(value)) {
    const help = 'networks: { nat: { kind: nat, subnet: 192.168.101.0/24 } }';
    problems.add('PV2017', '`networks` is a map of networks', { at: locate(), help });
    return none;
  }
  const networks = new Map<string, Network>();
  for (const [name, values] of Object.entries(value)) {
    const place = { name, locate: (...steps: Path) => locate(name, ...steps), problems };
    const network = isNetwork(values, { document, path: [...path, 'networks', name], name, problems })
      ? readNetwork(values, place)
      : undefined;
    if (!network) continue;
    checkNetwork(network, problems);
    networks.set(name, network);
  }
  checkNetworksApart([...networks.values()], problems);
  return networks;
}

interface Named extends Place {
  readonly name: string;
  readonly problems: Problems;
}

function isNetwork(values: unknown, { name, document, path, problems }: Named): values is NetworkValues {
  const mistakes = checkValue(networkSchema, values ?? {}, {
    locate: (steps, part) => document.locate([...path, ...steps], part),
    wording: networkWording(name),
    templated: true,
  });
  for (const { code, message, argument: _, ...details } of mistakes) problems.add(code, message, details);
  if (mistakes.length > 0) return false;
  if (isMap(values)) return true;
  const at = document.locate(path);
  problems.add('PV2017', `the network \`${name}\` cannot be an expression`, { at, help: 'write its settings out' });
  return false;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
