import { problem } from '../../core/diagnostic.ts';

const setting = /^[ \t]*INTERFACESv4=.*$/gm;

/** The defaults file with the interfaces to listen on; all else in it stays. A shell reads it, and the last line wins. */
export function withInterfaces(text: string, interfaces: readonly string[]): string {
  const line = `INTERFACESv4="${interfaces.join(' ')}"`;
  const last = text.match(setting)?.length ?? 0;
  if (last === 0) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${line}\n`;
  let count = 0;
  return text.replace(setting, (old) => (++count === last ? line : old));
}

/** Kea names its interfaces in its configuration: what the task says must be what the template made of it. */
export function refuseOtherInterfaces(listening: readonly string[] | undefined, wanted: readonly string[]): void {
  if (listening === undefined) return;
  // An interface may have the address behind it that is to be listened on.
  const names = listening.map((item) => item.replace(/\/.*/, ''));
  if ([...names].sort().join(' ') === [...wanted].sort().join(' ')) return;
  throw problem(
    'PV5504',
    `the task wants the server to listen on ${wanted.join(', ')}, its configuration on ${listening.join(', ') || 'nothing'}`,
    {
      argument: ['interfaces'],
      help: 'Kea reads them from `interfaces-config`: let the template use the same variable, or leave `interfaces` out',
    },
  );
}
