import type { Remote, Step } from '../../core/plan.ts';
import { type Activation, activate, refuseWhatServerRefuses } from './activate.ts';
import { addHosts, type HostAddition, type Omapi, removeHosts } from './omapi.ts';

/** Hosts that the server was told of while it ran, and now is to forget: it would bring them back from its leases. */
export interface Forgetting {
  readonly omapi: Omapi;
  readonly hosts: readonly string[];
}

/** Text for `--diff`. */
export interface Difference {
  readonly before?: string;
  readonly after?: string;
}

export function activateStep(activation: Activation, difference: Difference, forgetting?: Forgetting): Step {
  const { service, files, instead, controlSocket } = activation;
  const changed = files.map(({ path }) => path).join(' and ');
  const [begun, next] =
    controlSocket === undefined
      ? [`restart ${service}`, `restart ${service}`]
      : [`have ${service} read it`, `have ${service} read it or restart it`];
  const title = changed ? `change ${changed} and ${begun}` : `start ${service}`;
  const forget = forgetting ? `forget ${forgetting.hosts.join(', ')}, ` : '';
  return {
    title: instead === undefined ? title : `${title} in the place of ${instead}`,
    ...difference,
    effect: {
      kind: 'custom',
      name: `${forget}check, put in place, ${next}, put back if it does not come up`,
      act: async (remote) => {
        if (forgetting) await forgetHosts(remote, activation, forgetting);
        await activate(remote, activation);
      },
    },
  };
}

/** Where the server will not be told, the restart does it. */
export function addHostsStep(activation: Activation, difference: Difference, addition: HostAddition): Step {
  const { service, path, files } = activation;
  const names = addition.hosts.map(({ name }) => name);
  return {
    title: `tell the running ${service} of ${shortList(names)}, without a restart`,
    ...difference,
    effect: {
      kind: 'custom',
      name: `check, tell ${service} of ${names.join(', ')} by OMAPI, change ${path}; restart it if it will not be told`,
      act: async (remote) => {
        await refuseWhatServerRefuses(remote, activation);
        if (!(await addHosts(remote, addition))) return activate(remote, activation);
        for (const file of files) await remote.write(file);
      },
    },
  };
}

async function forgetHosts(remote: Remote, activation: Activation, { omapi, hosts }: Forgetting): Promise<void> {
  await refuseWhatServerRefuses(remote, activation);
  await removeHosts(remote, omapi, hosts);
}

function shortList(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}
