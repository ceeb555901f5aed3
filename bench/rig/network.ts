import { readdir } from 'node:fs/promises';
import { execute } from '../../src/lab/execute.ts';
import { bridgeNamespace, controllerAddress, controllerNamespace, macOf, namePrefix, type RigHost } from './names.ts';

/** A bridge in a namespace of its own with a cable to each host; the controller's cable comes with its length. */
export async function makeNetwork(hosts: readonly RigHost[]): Promise<void> {
  const namespaces = [bridgeNamespace, controllerNamespace, ...hosts.map(({ namespace }) => namespace)];
  await ipBatch(
    [],
    namespaces.map((name) => `netns add ${name}`),
  );
  await ipBatch(inside(bridgeNamespace), [
    'link add bridge type bridge',
    'link set bridge up',
    ...hosts.flatMap((host) => [
      `link add port${host.number} type veth peer name eth0 address ${macOf(host.address)} netns ${host.namespace}`,
      `link set port${host.number} master bridge up`,
    ]),
  ]);
  await ipBatch(inside(controllerNamespace), ['link set lo up']);
  for (const host of hosts) {
    const controller = { address: controllerAddress };
    await ipBatch(inside(host.namespace), ['link set lo up', ...connect(host.address, [controller])]);
  }
}

/** A cable without any delay to speak of. */
export async function plugCable(): Promise<void> {
  await ipBatch(inside(bridgeNamespace), [`link add controller type veth peer name eth0 netns ${controllerNamespace}`]);
}

export async function unplugCable(): Promise<void> {
  await ipBatch(inside(controllerNamespace), ['link del eth0']);
}

/** Takes the controller's end into use, whatever kind of cable it is of. */
export async function attachController(hosts: readonly RigHost[]): Promise<void> {
  await ipBatch(inside(bridgeNamespace), ['link set controller master bridge up']);
  await ipBatch(inside(controllerNamespace), [
    `link set eth0 address ${macOf(controllerAddress)}`,
    ...connect(controllerAddress, hosts),
  ]);
}

export async function removeNetwork(): Promise<void> {
  const names = (await readdir('/run/netns').catch(() => [])).filter((name) => name.startsWith(namePrefix));
  await ipBatch(
    [],
    names.map((name) => `netns del ${name}`),
  );
}

/** Neighbours are made known for good: nobody's first packet is to pay a round trip for the question who has it. */
function connect(address: string, neighbours: readonly { readonly address: string }[]): readonly string[] {
  return [
    `addr add ${address}/15 dev eth0`,
    'link set eth0 up',
    ...neighbours.map(
      (other) => `neigh replace ${other.address} lladdr ${macOf(other.address)} dev eth0 nud permanent`,
    ),
  ];
}

function inside(namespace: string): readonly string[] {
  return ['-n', namespace];
}

async function ipBatch(where: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await execute(['ip', ...where, '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
}
