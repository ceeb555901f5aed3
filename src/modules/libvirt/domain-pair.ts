import { problem } from '../../core/diagnostic.ts';
import { differencesBetween, inWords, type XmlDifference } from './compare-xml.ts';
import { textAt, type Xml } from './xml.ts';

/** The two lives of a guest, from one template. */
export interface DomainPair {
  readonly install: Xml;
  readonly installed: Xml;
}

/** What the installer needs otherwise than the installed guest, and no guest notices afterwards. */
const mayDiffer: ReadonlySet<string> = new Set([
  ...['domain/metadata', 'domain/on_reboot', 'domain/on_poweroff', 'domain/on_crash'],
  ...['os/kernel', 'os/initrd', 'os/cmdline', 'os/boot', 'os/bootmenu'],
  ...['devices/serial', 'devices/console', 'disk/boot', 'interface/boot'],
]);

/**
 * Refuses a pair that would show the guest other hardware after its installation: its interface would change its
 * name, the network configuration of its installer would not match, and it would come up deaf. `seed` is the file of a
 * disk that goes with the installation.
 */
export function checkPair({ install, installed }: DomainPair, seed?: string): void {
  const differences = differencesBetween(lasting(installed), lasting(install, seed));
  if (differences.length === 0) return;
  throw problem(
    'PV5307',
    `the guest would see other hardware after its installation: ${differences.map(describe).join('; ')}`,
    {
      argument: ['xml'],
      help: 'keep everything but kernel, initrd, arguments, media, boot order and serial console out of `if (phase …)`',
    },
  );
}

/** `devices/interface/model/@type: virtio for the installer, e1000 afterwards`. */
function describe({ path, wanted, actual }: XmlDifference): string {
  const say = (value: string | undefined): string =>
    value === undefined ? 'nothing' : value === '' ? 'present' : inWords(value);
  return `${path}: ${say(actual)} for the installer, ${say(wanted)} afterwards`;
}

/** What must be the same in both. */
function lasting(element: Xml, seed?: string): Xml {
  const children = element.children.filter(
    (child) => !mayDiffer.has(`${element.name}/${child.name}`) && !isMedium(child) && !isSeed(child, seed),
  );
  return { ...element, children: children.map((child) => lasting(child, seed)) };
}

function isSeed(element: Xml, seed: string | undefined): boolean {
  return element.name === 'disk' && seed !== undefined && textAt(element, 'source/@file') === seed;
}

function isMedium({ name, attributes }: Xml): boolean {
  return name === 'disk' && (attributes.device === 'cdrom' || attributes.device === 'floppy');
}
