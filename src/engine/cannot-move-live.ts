import type { Diagnostic } from '../core/diagnostic.ts';
import { unfinished } from '../modules/libvirt/copy-file.ts';
import { fitsSockets } from '../modules/libvirt/live-passage.ts';
import { elementAt, parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import { missingModel } from './host-cannot-take.ts';
import type { HostTraits } from './host-traits.ts';
import { type Compared, hasArrived, type Move, refusal } from './move-comparison.ts';
import { disksOf } from './moving-guest.ts';

const shutDown = '--cold moves it, shut down';

/** Why it cannot be moved while it runs; for a cold move, that a live one is half done. */
export function cannotMoveLive(move: Move, compared: Compared): readonly Diagnostic[] {
  const { name, from, to, live } = move;
  const { source, destination } = compared;
  if (!live) {
    const begun = compared.files.some((file) => destination.present.has(unfinished(file.to)));
    const { state } = destination.domain ?? {};
    const waits = hasArrived(move, destination) && (state === 'paused' || (state === 'shut off' && begun));
    const help = 'the same command with --live goes on with it, --rollback takes it back';
    return waits ? [refusal('PV5324', `${name} waits on ${to}: a live move was cut off`, help)] : [];
  }
  // It is over there already, or about to be let go on.
  if (hasArrived(move, destination)) return [];
  if (source.state === 'shut off') return [refuse(`${name} is off on ${from}`, 'leave --live out')];
  const running = parseXml(source.running ?? source.xml, 'domain');
  return [
    ...ofAge(move, compared),
    ...ofProcessor(move, compared, running),
    ...ofDisks(move, compared, running),
    ...ofSockets(move, compared),
  ];
}

function refuse(message: string, help = shutDown): Diagnostic {
  return refusal('PV5322', message, help);
}

const oldestLibvirt = '6.8';

function ofAge({ from, to }: Move, { source, destination }: Compared): readonly Diagnostic[] {
  const [here, there] = [source.traits, destination.traits];
  const old = [
    { host: from, libvirt: here.libvirt },
    { host: to, libvirt: there.libvirt },
  ].filter(({ libvirt }) => isOlder(libvirt, oldestLibvirt));
  const message = `${to} has QEMU ${there.qemu}, older than the ${here.qemu} of ${from}, whose memory it may not understand`;
  return [
    ...old.map(({ host, libvirt }) => refuse(`${host} has libvirt ${libvirt}; ${oldestLibvirt} is the first that can`)),
    ...(isOlder(there.qemu, here.qemu) ? [refuse(message)] : []),
  ];
}

/** By their first two numbers; what is not known is not older. */
function isOlder(version: string, than: string): boolean {
  const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = [version, than].map((text) => text.split('.').map(Number));
  return a < c || (a === c && b < d);
}

/** What the guest has seen of its processor must be there from one moment to the next. */
function ofProcessor({ from, to }: Move, { source, destination }: Compared, running: Xml): readonly Diagnostic[] {
  const mode = textAt(running, 'cpu/@mode') ?? '';
  const model = destination.capabilities === undefined ? undefined : missingModel(running, destination.capabilities);
  if (model !== undefined && missingModel(parseXml(source.xml, 'domain'), destination.capabilities ?? '') === undefined)
    return [refuse(`the guest runs with the processor ${model}, which ${to} cannot offer`)];
  if (!['host-passthrough', 'maximum'].includes(mode)) return [];
  const emulated = running.attributes.type === 'qemu';
  const trait = (traits: HostTraits): string => (emulated ? `QEMU ${seriesOf(traits.qemu)}` : traits.processor);
  const [here, there] = [trait(source.traits), trait(destination.traits)];
  if (here === there) return [];
  return [refuse(`the guest has the processor of its host (\`${mode}\`): ${here} on ${from}, ${there} on ${to}`)];
}

function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function ofDisks({ to }: Move, { source, destination, domain, files }: Compared, running: Xml): readonly Diagnostic[] {
  const names = (xml: Xml): string =>
    disksOf(xml)
      .map((disk) => textAt(disk, 'target/@dev'))
      .join(', ');
  const [now, kept] = [names(running), names(domain)];
  const begun = source.mark
    ? []
    : files.flatMap(({ to: path }) => (destination.present.has(unfinished(path)) ? [unfinished(path)] : []));
  return [
    ...(now === kept ? [] : [refuse(`it runs with the disks ${now}, and is defined with ${kept || 'none'}`)]),
    ...source.disks
      .filter(({ format }) => !['raw', 'qcow2'].includes(format))
      .map(({ path, format }) => refuse(`${path} is in form ${format}; raw and qcow2 can be copied while it runs`)),
    ...disksOf(running).flatMap((disk) =>
      ['readonly', 'shareable', 'transient']
        .filter((kind) => elementAt(disk, kind))
        .map((kind) => refuse(`its disk ${textAt(disk, 'target/@dev')} is <${kind}/>, which libvirt does not copy`)),
    ),
    ...begun.map((path) =>
      refuse(`${to} has ${path}, the beginning of a cold move`, '--cold goes on with it, or remove it'),
    ),
  ];
}

/** Whether the sockets over which it comes can be carried. */
function ofSockets({ name, from, to }: Move, { source, destination }: Compared): readonly Diagnostic[] {
  const sshd = 'AllowStreamLocalForwarding yes in its sshd_config, or --cold';
  const passes = ({ forwarding }: HostTraits, way: string): boolean => ['', 'yes', 'all', way].includes(forwarding);
  const confined = [
    { host: from, traits: source.traits },
    { host: to, traits: destination.traits },
  ].filter(({ traits }) => traits.confined);
  return [
    ...(passes(source.traits, 'remote') ? [] : [refuse(`sshd of ${from} listens on no sockets for others`, sshd)]),
    ...(passes(destination.traits, 'local') ? [] : [refuse(`sshd of ${to} reaches no sockets for others`, sshd)]),
    ...confined.map(({ host }) => refuse(`SELinux of ${host} would not let QEMU use the sockets`)),
    ...(fitsSockets(name) ? [] : [refuse(`\`${name}\` is too long for the name of a socket`)]),
  ];
}
