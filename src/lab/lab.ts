import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { bootHost, forgetHost, hostProcess, stopHost } from './host.ts';
import { publishInstallers } from './installers.ts';
import { writeInventory } from './inventory.ts';
import { hostKey, labKey } from './keys.ts';
import { withLock } from './lock.ts';
import { installPackages, requireLabMachine } from './machine.ts';
import { machineMirror } from './mirror.ts';
import { defaultSubnet, type HostNames, hostNames, type LabNames, labNames } from './names.ts';
import { forwardingIsOff, makeNetwork, removeNetwork, turnForwardingOff } from './network.ts';
import { answers, sharedProxy, startProxy, stopProxy } from './proxy.ts';
import { cached } from './recipe.ts';
import { startServer, stopServer } from './server.ts';
import { knownLabs, type LabState, readState, requireState, type Suite, writeState } from './state.ts';
import { type LabStatus, status } from './status.ts';

type Report = (line: string) => void;

/** What is left out stays as it was at the last `up`. */
export interface UpOptions {
  readonly name: string;
  readonly hosts?: number | undefined;
  readonly suite?: Suite | undefined;
  readonly debian?: boolean | undefined;
  /** First three numbers of the lab's network: `10.77.0`. */
  readonly subnet?: string | undefined;
  /** The inventory file to write or to bring up to date. */
  readonly inventory: string;
  readonly report: Report;
}

/** Brings the lab up as asked, whatever is or is left of it now; does nothing to what already runs. */
export async function up(options: UpOptions): Promise<LabStatus> {
  requireLabMachine();
  const lab = labNames(options.name);
  return withLock(options.report, async () => {
    const before = await readState(lab.name);
    const state = await wantedState(options, before);
    await refuseChanged(lab, before, state);
    await writeState(lab.name, state);
    await installPackages(options.report);
    const mirror = await machineMirror();
    await startProxy();
    const base = await makeBase(state.suite, mirror, options.report);
    await makeNetwork(lab, state.subnet);
    await publishInstallers({ lab, mirror, debian: state.debian, report: options.report });
    await startServer(lab, state.subnet);
    await bootHosts(lab, state, base, options.report);
    await writeInventory({
      file: state.inventory,
      subnet: state.subnet,
      mirror,
      debian: state.debian,
      privateKeyFile: lab.privateKeyFile,
      hosts: await Promise.all(hostsOf(lab, state).map(async (host) => ({ ...host, hostKey: await hostKey(host) }))),
    });
    return status(lab.name);
  });
}

/** Takes the lab away, also one that a crash left half way; only the cache and the inventory stay. */
export async function down(name: string, report: Report): Promise<void> {
  requireLabMachine();
  const lab = labNames(name);
  await withLock(report, async () => {
    const state = await readState(lab.name);
    // A lost state file must not hide hosts: then as many numbers are tried as a lab is likely to have.
    const likely = state ?? { hosts: 9, subnet: defaultSubnet };
    for (const host of [...hostsOf(lab, likely), ...(await superfluousHosts(lab, likely))]) await stopHost(host);
    await stopServer(lab);
    await removeNetwork(lab);
    await rm(lab.folder, { recursive: true, force: true });
    if ((await knownLabs()).length > 0) return;
    await stopProxy();
    if (state?.forwardingWasOff) await turnForwardingOff();
    for (const folder of [dirname(lab.folder), dirname(dirname(lab.folder))])
      await rmdir(folder).catch(() => undefined);
  });
}

/** Throws away what was written on one host and boots it fresh. */
export async function reset(name: string, hostName: string, report: Report): Promise<void> {
  const lab = labNames(name);
  await withLock(report, async () => {
    const state = await requireState(name);
    const host = hostsOf(lab, state).find((one) => one.name === hostName);
    if (!host) throw problem('PV5602', `lab \`${name}\` has no host \`${hostName}\``);
    const base = await makeBase(state.suite, await machineMirror(), report);
    await stopHost(host);
    await forgetHost(host);
    await bootHost({ lab, host, base, identity: { subnet: state.subnet, authorizedKey: await labKey(lab) } });
  });
}

function hostsOf(lab: LabNames, state: Pick<LabState, 'hosts' | 'subnet'>): readonly HostNames[] {
  return Array.from({ length: state.hosts }, (_, index) => hostNames(lab, state.subnet, index + 1));
}

async function wantedState(options: UpOptions, before: LabState | undefined): Promise<LabState> {
  const others = await Promise.all((await knownLabs()).map(readState));
  return {
    hosts: options.hosts ?? before?.hosts ?? 1,
    suite: options.suite ?? before?.suite ?? 'bookworm',
    debian: options.debian ?? before?.debian ?? false,
    subnet: options.subnet ?? before?.subnet ?? defaultSubnet,
    inventory: resolve(options.inventory),
    forwardingWasOff: others.some((state) => state?.forwardingWasOff) || (await forwardingIsOff()),
  };
}

/** Another suite or network means other hosts; nobody loses a host with guests on it by a flag. */
async function refuseChanged(lab: LabNames, before: LabState | undefined, wanted: LabState): Promise<void> {
  if (!before || (before.suite === wanted.suite && before.subnet === wanted.subnet)) return;
  throw problem('PV5602', `lab \`${lab.name}\` exists with ${before.suite} on ${before.subnet}.0/24`, {
    help: `take it down first: \`provision lab down --name ${lab.name}\``,
  });
}

function makeBase(suite: Suite, mirror: string, report: Report): Promise<string> {
  const recipe = { product: `base-${suite}`, script: 'base.sh', parameters: [suite, mirror] };
  return cached({ ...recipe, environment: { http_proxy: sharedProxy } }, report);
}

async function bootHosts(lab: LabNames, state: LabState, base: string, report: Report): Promise<void> {
  const authorizedKey = await labKey(lab);
  for (const host of await superfluousHosts(lab, state)) {
    report(`removing ${host.name}`);
    await stopHost(host);
    await rm(host.folder, { recursive: true, force: true });
  }
  const boots = hostsOf(lab, state).map(async (host) => {
    if ((await hostProcess(host)) !== undefined && (await answers(host.address, 22))) return;
    const since = Date.now();
    await bootHost({ lab, host, base, identity: { subnet: state.subnet, authorizedKey } });
    report(`booted ${host.name} (${host.address}) in ${((Date.now() - since) / 1000).toFixed(1)} s`);
  });
  // All settle before the lock is given back: none may boot on while another command takes the lab down.
  const results = await Promise.allSettled(boots);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Hosts of an earlier `up` that asked for more of them. */
async function superfluousHosts(
  lab: LabNames,
  state: Pick<LabState, 'hosts' | 'subnet'>,
): Promise<readonly HostNames[]> {
  const names = await readdir(`${lab.folder}/hosts`).catch(() => []);
  const numbers = names.map((name) => Number(name.replace('hypervisor', '')));
  return numbers.filter((number) => number > state.hosts).map((number) => hostNames(lab, state.subnet, number));
}
