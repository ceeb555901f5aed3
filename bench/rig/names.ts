/** Everything that the rig makes on this machine, called so that it meets nobody else's, and is found after a crash. */
export const stateFolder = '/var/lib/provision/bench';
export const lockFile = '/run/provision-bench.pid';
export const namePrefix = 'pvb-';
export const controllerNamespace = `${namePrefix}controller`;
export const bridgeNamespace = `${namePrefix}bridge`;
export const privateKeyFile = `${stateFolder}/keys/id_ed25519`;
export const hostKeyFile = `${stateFolder}/keys/host_ed25519`;
export const sshConfigFile = `${stateFolder}/ssh_config`;
export const homeFolder = `${stateFolder}/home`;
export const workFolder = `${stateFolder}/work`;
/** A copy of Node for the contenders: what a process shares with this one would not be counted as its memory. */
export const programFolder = `${stateFolder}/bin`;
export const nodeProgram = `${programFolder}/node`;
export const logFolder = `${stateFolder}/logs`;

// 198.18.0.0/15 is set aside for benchmarks, and here it exists in namespaces only.
export const controllerAddress = '198.18.0.1';

export interface RigHost {
  readonly number: number;
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  /** All that the work touches. */
  readonly folder: string;
  readonly home: string;
  /** What is below it as `etc` and `sbin` is /etc and /usr/local/sbin of the host. */
  readonly own: string;
  readonly log: string;
}

function rigHost(number: number): RigHost {
  const own = `${stateFolder}/hosts/${number}`;
  return {
    number,
    name: `host${number}`,
    address: `198.18.1.${number}`,
    namespace: `${namePrefix}host${number}`,
    folder: `${own}/files`,
    home: `${own}/root`,
    own,
    log: `${own}/sshd.log`,
  };
}

export function rigHosts(count: number): readonly RigHost[] {
  return Array.from({ length: count }, (_, index) => rigHost(index + 1));
}

/** Of an interface, from its address: neighbours can then be told instead of asked for. */
export function macOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '62', ...bytes].join(':');
}
