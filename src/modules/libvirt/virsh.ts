import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Effect, Look, Output } from '../../core/plan.ts';

/** A virsh command for the system's libvirt. */
export function virsh(...words: readonly string[]): readonly string[] {
  return ['virsh', '-c', 'qemu:///system', ...words];
}

export function runVirsh(...words: readonly string[]): Effect {
  return { kind: 'run', argv: virsh(...words) };
}

/** Gives a definition to virsh, which reads it from its standard input. */
export function feedVirsh(xml: string, ...words: readonly string[]): Effect {
  return { kind: 'run', argv: virsh(...words), stdin: xml };
}

/** What virsh keeps of one kind, and how it lists and shows it. */
const kinds = {
  domain: { list: ['list', '--all', '--name'], show: ['dumpxml', '--inactive'], info: ['dominfo'] },
  network: { list: ['net-list', '--all', '--name'], show: ['net-dumpxml', '--inactive'], info: ['net-info'] },
  pool: { list: ['pool-list', '--all', '--name'], show: ['pool-dumpxml', '--inactive'], info: ['pool-info'] },
} as const;

/** What is kept of something: its definition, and what the `info` command tells of its state. */
export interface Kept {
  readonly xml: string;
  readonly info: string;
}

/** Definition and state of something; `undefined` where the listing, which proves it, does not have it. */
export async function lookUp(look: Look, kind: keyof typeof kinds, name: string): Promise<Kept | undefined> {
  const { list, show, info } = kinds[kind];
  const [listed, shown, told] = await Promise.all([
    look.query(virsh(...list)),
    look.query(virsh(...show, name), { exits: [0, 1] }),
    look.query(virsh(...info, name), { exits: [0, 1] }),
  ]);
  if (!listed.stdout.split('\n').some((line) => line.trim() === name)) return undefined;
  for (const answer of [shown, told]) if (answer.exit !== 0) throw unreadable(kind, name, answer);
  return { xml: shown.stdout, info: told.stdout };
}

function unreadable(kind: string, name: string, { stderr }: Output): ProvisionError {
  return problem('PV5001', `virsh lists the ${kind} ${name} but does not show it`, { transcript: stderr.trim() });
}

/** The value behind a label of `virsh dominfo`, `net-info`, `pool-info`. */
export function infoOf(output: string, label: string): string | undefined {
  const line = output.split('\n').find((text) => text.startsWith(`${label}:`));
  return line?.slice(label.length + 1).trim();
}
