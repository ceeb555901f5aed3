import { describeForward, type Forward } from './forward-record.ts';

const libvirtChain = 'provision-port';

/** The same acceptance for the table of libvirt's nftables back end: whoever passes must be let through by every table. */
export function libvirtText(forwards: readonly Forward[]): string {
  const families = (['ip', 'ip6'] as const).filter((family) =>
    forwards.some((forward) => familyOf(forward) === family),
  );
  const lines = families.flatMap((family) => [
    `add chain ${family} libvirt_network ${libvirtChain}`,
    `flush chain ${family} libvirt_network ${libvirtChain}`,
    ...forwards.filter((forward) => familyOf(forward) === family).map(acceptance),
  ]);
  return ['# Written by provision (port.forward).', ...lines, ''].join('\n');
}

function acceptance(forward: Forward): string {
  const family = familyOf(forward);
  const { protocol, host_port, to } = forward;
  const match = `meta l4proto ${protocol} ct status dnat ct original proto-dst ${host_port} ct reply ${family} saddr ${to}`;
  return `add rule ${family} libvirt_network ${libvirtChain} ${match} counter accept comment "${describeForward(forward)}"`;
}

export function familyOf({ to }: Forward): 'ip' | 'ip6' {
  return to.includes(':') ? 'ip6' : 'ip';
}

/** Prints libvirt's tables where there are any. Without nft, or without such a table, libvirt does not use it. */
export const listLibvirtTables = [
  'sh',
  '-c',
  'command -v nft >/dev/null || exit 0; tables=$(nft list tables) || exit; for family in ip ip6; do ' +
    'case $tables in *"table $family libvirt_network"*) nft -s list table $family libvirt_network || exit ;; esac; done',
] as const;

/** What libvirt's table of one family accepts for us, and whether a packet comes that far. */
interface Accepted {
  readonly comments: readonly string[];
  readonly jump: boolean;
}

export type LibvirtTables = Readonly<Partial<Record<'ip' | 'ip6', Accepted>>>;

/** Rules by their comments, which say all that they do: nft writes the rules themselves as its version likes. */
export function parseLibvirtTables(listing: string): LibvirtTables {
  const tables: Partial<Record<'ip' | 'ip6', { comments: string[]; jump: boolean }>> = {};
  let table: { comments: string[]; jump: boolean } | undefined;
  let chain = '';
  for (const line of listing.split('\n').map((text) => text.trim())) {
    const [, family, named] = /^(?:table (ip6?) libvirt_network|chain (\S+)) \{$/.exec(line) ?? [];
    if (family === 'ip' || family === 'ip6') {
      table = { comments: [], jump: false };
      tables[family] = table;
    }
    chain = named ?? chain;
    if (line === `jump ${libvirtChain}` && table) table.jump = true;
    const comment = chain === libvirtChain ? / accept comment "(.*)"$/.exec(line)?.[1] : undefined;
    if (comment !== undefined) table?.comments.push(comment);
  }
  return tables;
}

/** Whether libvirt's tables, where there are any, let exactly these pass. */
export function letsPass(tables: LibvirtTables, forwards: readonly Forward[]): boolean {
  return (['ip', 'ip6'] as const).every((family) => {
    const wanted = forwards.filter((forward) => familyOf(forward) === family).map(describeForward);
    const { comments, jump } = tables[family] ?? { comments: wanted, jump: wanted.length > 0 };
    return jump === wanted.length > 0 && comments.join('\n') === wanted.join('\n');
  });
}

/** Takes our chain out of libvirt's table of a family. */
export const leaveLibvirtTable = [
  'sh',
  '-c',
  `for handle in $(nft -a list chain "$1" libvirt_network forward | sed -n 's/.*jump ${libvirtChain} # handle //p'); do ` +
    'nft delete rule "$1" libvirt_network forward handle "$handle" || exit; done; ' +
    `nft "flush chain $1 libvirt_network ${libvirtChain}; delete chain $1 libvirt_network ${libvirtChain}"`,
  'sh',
] as const;
