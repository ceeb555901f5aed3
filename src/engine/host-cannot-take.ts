import type { Diagnostic } from '../core/diagnostic.ts';
import { describeBytes } from '../modules/libvirt/capacity.ts';
import { unfinished } from '../modules/libvirt/copy-file.ts';
import { elementsAt, parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import { type Compared, hasArrived, type Move, refusal } from './move-comparison.ts';
import { filesOf } from './moving-guest.ts';

/** Why the host cannot run it. */
export function hostCannotTake(move: Move, { source, destination, domain, files }: Compared): readonly Diagnostic[] {
  const { name, to } = move;
  const refuse = (message: string, help: string) => refusal('PV5319', `${to} ${message}`, help);
  const { mark } = source;
  const { domain: other, capabilities, type, present, memory } = destination;
  const own = hasArrived(move, destination);
  const machine = textAt(domain, 'os/type/@machine') ?? '';
  const model = capabilities === undefined ? undefined : missingModel(domain, capabilities);
  const needed = Number(textAt(domain, 'memory')) * 1024;
  const lacking = filesOf(source).filter((path) => !present.has(path));
  const inTheWay = mark || own ? [] : files.filter(({ to: path }) => present.has(path));
  return [
    ...(other && !own ? [refuse(`has a domain ${other.name} already`, 'see whose it is: provision status')] : []),
    ...(type === undefined
      ? [refuse(`cannot run domains of type ${domain.attributes.type}`, 'kvm needs a processor that can, and /dev/kvm')]
      : []),
    ...(type !== undefined && capabilities === undefined
      ? [
          refuse(
            `does not know the machine type ${machine}`,
            `its QEMU is older; a machine type that both know is needed`,
          ),
        ]
      : []),
    ...(model === undefined
      ? []
      : [
          refuse(
            `cannot offer the processor ${model}`,
            'give the guest one that both can: `cpu_mode`, or another model',
          ),
        ]),
    ...(needed > memory
      ? [
          refuse(
            `has ${describeBytes(memory)} of memory, and ${name} wants ${describeBytes(needed)}`,
            'give it less first',
          ),
        ]
      : []),
    ...lacking.map((path) =>
      refuse(`has no ${path}`, 'the guest needs it: bring it there (firmware is in package ovmf), or take it out'),
    ),
    ...inTheWay.map(({ to: path }) =>
      refuse(
        `has a file ${path} already`,
        `remove or rename it; called ${unfinished(path)} it is taken for the beginning of the copy`,
      ),
    ),
  ];
}

/** A named model of processor that the host does not have. */
export function missingModel(domain: Xml, capabilities: string): string | undefined {
  const model = textAt(domain, 'cpu/model');
  if (!model || textAt(domain, 'cpu/@mode') !== 'custom') return undefined;
  const modes = elementsAt(parseXml(capabilities, 'domainCapabilities'), 'cpu/mode');
  const offered = modes.filter(({ attributes }) => attributes.name === 'custom').flatMap(({ children }) => children);
  const found = offered.find(({ name, text }) => name === 'model' && text === model);
  return found?.attributes.usable === 'yes' ? undefined : model;
}

/** Whether its disks have a place. */
export function disksHaveNoRoom({ to }: Move, { source, destination, files }: Compared): readonly Diagnostic[] {
  const { pools, present } = destination;
  const names = [...new Set(source.disks.flatMap(({ pool }) => pool ?? []))];
  const homeless = source.disks.filter(({ pool }) => pool === undefined);
  return [
    ...homeless.map(({ path }) =>
      refusal(
        'PV5318',
        `no pool knows ${path}`,
        'let libvirt know its folder, as a pool of the same name on both hosts',
      ),
    ),
    ...names.flatMap((name) => {
      const pool = pools.get(name);
      if (!pool) return [refusal('PV5319', `${to} has no active pool ${name}`, 'a run of its playbook makes it')];
      const disks = source.disks.filter((disk) => disk.pool === name);
      const there = files.reduce(
        (sum, { to: path }) => sum + (present.get(path) ?? present.get(unfinished(path)) ?? 0),
        0,
      );
      const needed = disks.reduce((sum, { used }) => sum + used, 0) - there;
      if (needed <= pool.free) return [];
      const message = `${to} has ${describeBytes(pool.free)} free in pool ${name}, and ${describeBytes(needed)} are to come`;
      return [refusal('PV5319', message, 'make room, or grow the file system')];
    }),
  ];
}
