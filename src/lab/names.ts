import { problem } from '../core/diagnostic.ts';

/** Everything a lab is called, derived from its name, so that two labs never meet and a lost lab can be found again. */
export interface LabNames {
  readonly name: string;
  /** State of this lab; gone after `lab down`. */
  readonly folder: string;
  readonly stateFile: string;
  readonly privateKeyFile: string;
  /** Files of the installers, as the lab's HTTP server gives them out. */
  readonly published: string;
  /** Keys of the lab and its hosts outlive it, so that known_hosts files of its users stay true. */
  readonly identity: string;
  readonly bridge: string;
  /** Marks our firewall rules. */
  readonly comment: string;
}

export interface HostNames {
  readonly name: string;
  readonly machine: string;
  readonly namespace: string;
  /** The machine's end of the host's cable; the host's end is `eth0`. */
  readonly cable: string;
  readonly address: string;
  readonly folder: string;
  /** Read-only layer over the base: what makes this host itself. */
  readonly own: string;
  /** Layer that takes every write of the host. */
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  readonly console: string;
  readonly identity: string;
}

export const cacheFolder = '/var/cache/provision/lab';
export const stateFolder = '/var/lib/provision/lab';
export const defaultLab = 'lab';
export const defaultSubnet = '10.77.0';
export const proxyPort = 3142;
export const installerPort = 8077;

export function labNames(name: string): LabNames {
  // Interface names hold 15 characters: `pv-`, the lab, `-`, the host's number.
  if (!/^[a-z][a-z0-9]{0,8}$/.test(name))
    throw problem('PV5602', `\`${name}\` cannot name a lab`, {
      help: 'use a small letter and up to 8 more small letters or digits',
    });
  const folder = `${stateFolder}/${name}`;
  return {
    name,
    folder,
    stateFile: `${folder}/lab.json`,
    privateKeyFile: `${folder}/id_ed25519`,
    published: `${folder}/published`,
    identity: `${cacheFolder}/identity/${name}`,
    bridge: `pv-${name}`,
    comment: `provision-lab-${name}`,
  };
}

export function hostNames(lab: LabNames, subnet: string, number: number): HostNames {
  const name = `hypervisor${number}`;
  const folder = `${lab.folder}/hosts/${name}`;
  return {
    name,
    machine: `provision-${lab.name}-${name}`,
    namespace: `provision-${lab.name}-${name}`,
    cable: `pv-${lab.name}-${number}`,
    address: `${subnet}.${10 + number}`,
    folder,
    own: `${folder}/own`,
    upper: `${folder}/upper`,
    work: `${folder}/work`,
    root: `${folder}/root`,
    console: `${folder}/console.log`,
    identity: `${lab.identity}/${name}`,
  };
}

export function gatewayOf(subnet: string): string {
  return `${subnet}.1`;
}
