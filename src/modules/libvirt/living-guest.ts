import { problem } from '../../core/diagnostic.ts';
import type { Effect, Seconds, Step } from '../../core/plan.ts';
import { describeDifference, inWords } from './compare-xml.ts';
import { type Change, changesOf, keyOf } from './domain-changes.ts';
import { startDomain } from './domain-steps.ts';
import { awaitSsh } from './guest-boot.ts';
import type { GuestIntent } from './guest-intent.ts';
import { awaitOff, powerOff } from './guest-power.ts';
import { recordOf } from './guest-record.ts';
import { feedVirsh, runVirsh, virsh } from './virsh.ts';
import { formatXml, parseXml, textAt, type Xml } from './xml.ts';

/** What can be given to a guest while it runs, by the smallest means for each. */
export function liveSteps(intent: GuestIntent, running: string): readonly Step[] {
  const { name, installed } = intent;
  const domain = parseXml(running, 'domain');
  // While a guest boots, its balloon driver has still to come to what its definition says.
  const isBalloon = ({ path }: Change): boolean => path === 'currentMemory' && startedAsWanted(intent, running);
  const live = changesOf(installed, domain, domain).filter((item) => item.reach === 'live' && !isBalloon(item));
  // Several changes of one interface are one update.
  const once = live.filter(
    (change, at) => !change.device || live.findIndex(({ device }) => device === change.device) === at,
  );
  return once.flatMap((change) => liveStep(name, change));
}

/** What of its definition a running guest gets by a restart only; none where it was started with this definition. */
export function awaitingRestart(intent: GuestIntent, running: string): readonly Change[] {
  if (startedAsWanted(intent, running)) return [];
  const domain = parseXml(running, 'domain');
  return changesOf(intent.installed, domain, domain).filter(({ reach }) => reach === 'restart');
}

/** A domain carries the record that it was started with; a new definition is not seen in it before it starts anew. */
function startedAsWanted({ definition }: GuestIntent, running: string): boolean {
  return recordOf(running)?.definition === definition;
}

function liveStep(name: string, change: Change): readonly Step[] {
  const { path, wanted = '', device } = change;
  if (device) return [deviceStep(name, { ...change, device })];
  if (path === 'currentMemory') return memorySteps(name, Number.parseInt(wanted, 10));
  if (path === 'vcpu/@current') {
    return [{ title: `live: give ${name} ${wanted} vcpus`, effect: runVirsh('setvcpus', name, wanted, '--live') }];
  }
  const option = path === 'title' ? ['--title'] : [];
  const effect = runVirsh('desc', name, '--live', ...option, `--new-desc=${wanted}`);
  return [{ title: `live: change the ${path} of ${name}`, before: change.actual ?? '', after: wanted, effect }];
}

function deviceStep(name: string, change: Change & { readonly device: Xml }): Step {
  const { device, path } = change;
  const text = formatXml(device);
  const what = `${device.name} ${keyOf(device)}`;
  const isNew = path === `devices/${device.name}`;
  const title = isNew ? `attach ${what} to ${name}` : `change ${what} of ${name} (${describeDifference(change)})`;
  const effect: Effect = feedVirsh(text, isNew ? 'attach-device' : 'update-device', name, '/dev/stdin', '--live');
  return { title: `live: ${title}`, after: text, effect };
}

const balloonTakes: Seconds = 30;

/** The system within gives memory back, or takes it, by its balloon driver: what it has then is seen, not believed. */
function memorySteps(name: string, bytes: number): readonly Step[] {
  const size = inWords(`${bytes} bytes`);
  const late = problem('PV5312', `${name} has not come to ${size} of memory within ${balloonTakes} seconds`, {
    help: 'its system needs the driver virtio_balloon, and as much memory to spare; a restart does without',
  });
  const has = (xml: string): number => Number(textAt(parseXml(xml, 'domain'), 'currentMemory')) * 1024;
  return [
    {
      title: `live: give ${name} ${size} of memory`,
      effect: runVirsh('setmem', name, String(Math.floor(bytes / 1024)), '--live'),
    },
    {
      title: `wait until ${name} has ${size} of memory`,
      counts: false,
      effect: {
        kind: 'follow',
        query: virsh('dumpxml', name),
        every: 1,
        within: balloonTakes,
        judge: () => (seen) => ({
          kind: seen.output?.exit === 0 && has(seen.output.stdout) === bytes ? 'done' : 'more',
        }),
        late: () => late.diagnostics[0],
      },
    },
  ];
}

/** Shuts a guest down in good order and starts it with its new definition. */
export function restartSteps(intent: GuestIntent, changes: readonly Change[]): readonly Step[] {
  const { name, args } = intent;
  if (changes.length === 0 || args.restart === 'never') return [];
  const why = changes.map(describeDifference).join('; ');
  return [
    {
      title: `restart: shut ${name} down (${why})`,
      effect: runVirsh('shutdown', name),
      ...(args.restart === 'ask' && { confirm: `restart guest ${name} (${why})?` }),
    },
    awaitOff(name, args),
    ...(args.restart_force ? [powerOff(name)] : []),
    startDomain(name, `restart: start ${name} again`),
    awaitSsh(intent),
  ];
}
