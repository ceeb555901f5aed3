import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { copyFile, type FileCopy, unfinished } from './copy-file.ts';
import { autostartSteps, defineDomain, startDomain } from './domain-steps.ts';
import type { ArrivalArgs } from './guest-arrival.ts';
import { awaitSsh } from './guest-boot.ts';
import { powerOff } from './guest-power.ts';
import { moveLive } from './live-move.ts';
import { type MoveMark, moveMarkOf, withArrival } from './move-mark.ts';
import { updateSteps } from './network-updates.ts';
import { infoOf, lookUp, runVirsh, virsh } from './virsh.ts';
import { noticeStep } from './volume-state.ts';
import { parseXml, type Xml } from './xml.ts';

/** What there is of a guest on the hypervisor that it is moved to. */
export interface Arrival {
  readonly domain?: { readonly state: string; readonly autostart: boolean };
  readonly mark?: MoveMark;
  /** Those of its files that are there, whole or begun. */
  readonly files: readonly string[];
  readonly networks: readonly { readonly name: string; readonly config: string; readonly live?: string }[];
}

export async function readArrival(wanted: ArrivalArgs, look: Look): Promise<Arrival> {
  const { name, files, reservations } = wanted;
  const paths = files.flatMap(({ to }) => [to, unfinished(to)]);
  const names = [...new Set(reservations.map(({ network }) => network))];
  const [kept, active, stats, networks] = await Promise.all([
    lookUp(look, 'domain', name),
    look.query(virsh('net-list', '--name')),
    Promise.all(paths.map((path) => look.stat(path))),
    Promise.all(
      names.map(async (network) => {
        const [config, live] = await Promise.all([
          look.query(virsh('net-dumpxml', '--inactive', network)),
          look.query(virsh('net-dumpxml', network)),
        ]);
        return { name: network, config: config.stdout, live: live.stdout };
      }),
    ),
  ]);
  const running = active.stdout.split('\n').map((line) => line.trim());
  const mark = kept && moveMarkOf(kept.xml);
  return {
    ...(kept && {
      domain: { state: infoOf(kept.info, 'State') ?? '', autostart: infoOf(kept.info, 'Autostart') === 'enable' },
    }),
    ...(mark && { mark }),
    files: paths.filter((_, index) => stats[index]),
    networks: networks.map(({ live, ...network }) => ({ ...network, ...(running.includes(network.name) && { live }) })),
  };
}

/** A live move left it that was cut off: only with what the old hypervisor says is it known what it is worth. */
export function isUnsettled({ files }: ArrivalArgs, current: Arrival | undefined): boolean {
  const { domain, files: present = [] } = current ?? {};
  if (domain?.state === 'paused') return true;
  return domain?.state === 'shut off' && files.some(({ to }) => present.includes(unfinished(to)));
}

export function arrivalSteps(wanted: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  const { name, address, ssh, autostart, live } = wanted;
  const { domain } = current ?? {};
  const comes = live && (domain?.state !== 'shut off' || isUnsettled(wanted, current));
  const on = domain !== undefined && !['shut off', 'paused'].includes(domain.state);
  return [
    ...(comes ? comeRunning(wanted, current) : comeCold(wanted, current)),
    ...(!on && address !== undefined
      ? [awaitSsh({ name, args: { address, ssh }, ...(comes && { phase: 'awaiting its answer' }) })]
      : []),
    ...autostartSteps(name, autostart, domain?.autostart ?? false),
  ];
}

/** The domain is defined when all its files are whole: until then there is nothing that could be started. */
function comeCold(wanted: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  const { name, files, pools, from } = wanted;
  const { domain } = current ?? {};
  const title = `define ${name} as it was on ${from}`;
  return [
    ...(domain ? [] : files.map((file) => copyStep(file, wanted))),
    ...(domain ? [] : pools.map((pool) => noticeStep({ pool }))),
    ...reservationSteps(wanted, current),
    ...(domain ? [] : defineDomain(name, { title, xml: definitionOf(wanted) })),
    ...(domain === undefined || domain.state === 'shut off' ? [startDomain(name)] : []),
    ...(domain ? settleNames(wanted, current) : []),
  ];
}

/** One that waits here is let go on. */
function comeRunning(wanted: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  const { name, files, pools, from, within, address } = wanted;
  const { domain } = current ?? {};
  if (domain && !isUnsettled(wanted, current)) {
    return [...reservationSteps(wanted, current), ...settleNames(wanted, current)];
  }
  const bounds = { ...(within !== undefined && { within }), ...(address !== undefined && { address }) };
  const title = `bring ${name} over from ${from} as it runs`;
  const step: Step = {
    title,
    effect: {
      kind: 'custom',
      name: title,
      act: (target, progress, { elsewhere, signal }) =>
        elsewhere(from, (source) =>
          moveLive({ name, from, files, kept: definitionOf(wanted), ...bounds }, { source, target, progress, signal }),
        ),
    },
  };
  const names = files.map(({ to }) => unfinished(to));
  return [
    ...reservationSteps(wanted, current),
    step,
    ...removeNames(names),
    ...pools.map((pool) => noticeStep({ pool })),
  ];
}

/** Of disks that are whole, where a run was cut off behind that. */
function settleNames({ files, pools }: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  const names = files.map(({ to }) => unfinished(to)).filter((path) => current?.files.includes(path));
  return names.length === 0 ? [] : [...removeNames(names), ...pools.map((pool) => noticeStep({ pool }))];
}

function removeNames(names: readonly string[]): readonly Step[] {
  if (names.length === 0) return [];
  const title = 'take away the names that its disks had on their way';
  return [{ title, effect: { kind: 'run', argv: ['rm', '-f', '--', ...names] } }];
}

function reservationSteps(wanted: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  return (current?.networks ?? []).flatMap((network) => reservationsIn(network, wanted));
}

/** All that the move brought; the files go last, for with the domain they are still its own. */
export function discardSteps({ name, from, files, pools }: ArrivalArgs, current: Arrival | undefined): readonly Step[] {
  const { domain, files: present = [] } = current ?? {};
  const question = `take ${name} back to ${from}, and lose all that it has written since it was moved?`;
  const steps: readonly Step[] = [
    ...(domain && domain.state !== 'shut off' ? [powerOff(name)] : []),
    ...(domain
      ? [
          {
            title: `take away the domain ${name}, which goes on on ${from}`,
            effect: runVirsh(
              'undefine',
              name,
              '--managed-save',
              '--snapshots-metadata',
              '--checkpoints-metadata',
              '--nvram',
            ),
          },
        ]
      : []),
    ...present.map(removeCopy),
    ...(files.length > 0 && present.length > 0 ? pools.map((pool) => noticeStep({ pool })) : []),
  ];
  return steps.map((step, at) => (at === 0 && domain ? { ...step, confirm: question } : step));
}

function removeCopy(path: string): Step {
  return { title: `remove the copy ${path}`, effect: { kind: 'run', argv: ['rm', '-f', '--', path] } };
}

function copyStep(file: FileCopy, { from }: ArrivalArgs): Step {
  return {
    title: `copy ${file.from} of ${from} to ${file.to}`,
    effect: {
      kind: 'custom',
      name: `copy ${file.from} of ${from} to ${file.to}`,
      act: (target, progress, { elsewhere, signal }) =>
        elsewhere(from, (source) => copyFile(file, { source, target, progress, signal })),
    },
  };
}

function definitionOf({ xml, from }: ArrivalArgs): Xml {
  if (xml === undefined) {
    throw problem('PV5310', 'a guest that is to be there needs its definition', {
      argument: ['xml'],
      help: '`provision move` takes it from the old hypervisor',
    });
  }
  return withArrival(parseXml(xml, 'domain', ['xml']), from);
}

function reservationsIn({ name, config, live }: Arrival['networks'][number], { reservations }: ArrivalArgs) {
  const hosts = reservations
    .filter(({ network }) => network === name)
    .map(({ network: _, ...attributes }) => xmlOf('host', attributes));
  const wanted = xmlOf('network', {}, [xmlOf('ip', {}, [xmlOf('dhcp', {}, hosts)])]);
  const kept = parseXml(config, 'network');
  const now = live === undefined ? kept : parseXml(live, 'network');
  return updateSteps({ name, wanted, config: kept, live: now, unnamed: 'keep' });
}

function xmlOf(name: string, attributes: Xml['attributes'], children: readonly Xml[] = []): Xml {
  return { name, attributes, text: '', children };
}
