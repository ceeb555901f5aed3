import { problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';
import { describeDifference, missingFrom } from './compare-xml.ts';
import type { Definable } from './kept-step.ts';
import { formatXml, parseXml, withChild, withoutChild, type Xml } from './xml.ts';

/** A name that the driver for tests does not have yet, as it has `test` and `default`. */
const trialName: Xml = { name: 'name', attributes: {}, text: 'provision-trial', children: [] };

const commands = {
  domain: `define /dev/stdin; dumpxml ${trialName.text}`,
  network: `net-define /dev/stdin; net-dumpxml ${trialName.text}`,
} as const;

/**
 * What libvirt of this host makes of a definition, which is not defined: its driver for tests lives in virsh alone and
 * ends with it. `undefined`: that driver does not take it, which says nothing about the others.
 */
export async function readUnderstood(look: Look, kind: Definable, definition: Xml): Promise<string | undefined> {
  const argv = ['virsh', '-q', '-c', 'test:///default', commands[kind]];
  const { exit, stdout } = await look.query(argv, { exits: [0, 1], stdin: formatXml(onTrial(definition)) });
  return exit === 0 ? stdout.slice(stdout.indexOf('<')) : undefined;
}

function onTrial(definition: Xml): Xml {
  return withChild(withoutChild(definition, 'uuid'), trialName, '');
}

/** Refuses what libvirt would drop without a word, before anything is defined. */
export function checkUnderstood(kind: Definable, definition: Xml, understood: string | undefined): void {
  if (understood === undefined) return;
  const missing = missingFrom(parseXml(understood, kind), onTrial(definition));
  const dropped = missing.filter(({ path }) => !isForOneDriver(path));
  if (dropped.length === 0) return;
  const what = dropped.map(describeDifference).join('; ');
  throw problem('PV5305', `libvirt of this host does not keep all of this ${kind}: ${what}`, {
    argument: ['xml'],
    ...dropped.find(({ at }) => at)?.at,
    help: 'see that it is spelt as libvirt knows it, and that its version there knows it; nothing was defined',
  });
}

/** `qemu:commandline` is known to the driver for QEMU only. */
function isForOneDriver(path: string): boolean {
  return path.split('/').some((step) => step.includes(':'));
}
