import { hostProcess } from './host.ts';
import { gatewayOf, hostNames, installerPort, labNames, proxyPort } from './names.ts';
import { readState, type Suite } from './state.ts';

export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly state: 'running' | 'stopped';
  /** Folder of this machine that holds every file the host wrote. */
  readonly upper: string;
  /** The host's whole file system, while it runs. */
  readonly root: string;
  /** Process 1 of the host, in this machine's numbers. */
  readonly pid?: number;
}

export interface LabStatus {
  readonly name: string;
  readonly state: 'up' | 'down' | 'partly up';
  readonly suite?: Suite;
  /** The machine's own address in the lab. */
  readonly gateway?: string;
  readonly proxy?: string;
  readonly installers?: string;
  readonly inventory?: string;
  readonly privateKeyFile: string;
  readonly hosts: readonly LabHost[];
}

export async function status(name: string): Promise<LabStatus> {
  const lab = labNames(name);
  const state = await readState(name);
  if (!state) return { name, state: 'down', privateKeyFile: lab.privateKeyFile, hosts: [] };
  const numbers = Array.from({ length: state.hosts }, (_, index) => index + 1);
  const hosts = await Promise.all(
    numbers.map(async (number): Promise<LabHost> => {
      const { name, address, upper, root, ...names } = hostNames(lab, state.subnet, number);
      const pid = await hostProcess({ name, address, upper, root, ...names });
      const seen = { name, address, upper, root };
      return pid === undefined ? { ...seen, state: 'stopped' } : { ...seen, state: 'running', pid };
    }),
  );
  const gateway = gatewayOf(state.subnet);
  return {
    name,
    state: hosts.every((host) => host.state === 'running') ? 'up' : 'partly up',
    suite: state.suite,
    gateway,
    proxy: `http://${gateway}:${proxyPort}/`,
    installers: `http://${gateway}:${installerPort}/`,
    inventory: state.inventory,
    privateKeyFile: lab.privateKeyFile,
    hosts,
  };
}
