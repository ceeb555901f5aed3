import type { Look, Seconds } from '../core/plan.ts';
import { type GuestRecord, recordOf } from '../modules/libvirt/guest-record.ts';
import { type MoveMark, moveMarkOf } from '../modules/libvirt/move-mark.ts';
import { elementsAt, parseXml, textAt } from '../modules/libvirt/xml.ts';

/** A domain that provision made, as its hypervisor has it. */
export interface DomainView {
  readonly name: string;
  readonly record: GuestRecord;
  readonly mark?: MoveMark;
  /** Where it runs, and as what it was started. */
  readonly running?: GuestRecord;
  readonly state: string;
  readonly macs: readonly string[];
  readonly disk?: { readonly used: number; readonly capacity: number };
  readonly uptime?: Seconds;
}

export interface DomainsView {
  readonly uptime?: Seconds;
  readonly libvirt?: string;
  readonly domains: readonly DomainView[];
  /** Names of domains that provision did not make. */
  readonly others: readonly string[];
}

/** One request; each answer begins with a line `@NAME VALUE`. Of domains of others only their names are told. */
const script = `echo "@uptime $(cut -d. -f1 /proc/uptime)"
command -v virsh >/dev/null || exit 0
ask() { virsh -q -c qemu:///system "$@"; }
names=$(ask list --all --name) || exit
echo "@libvirt $(virsh --version)"
printf '%s\\n' "$names" | while IFS= read -r name; do
  [ -n "$name" ] || continue
  kept=$(ask dumpxml --inactive "$name" </dev/null) || continue
  case $kept in *urn:provision:guest:*) ;; *) echo "@other $name"; continue ;; esac
  echo "@domain $name"
  echo "@state $(ask domstate "$name" </dev/null)"
  printf '@kept\\n%s\\n' "$kept"
  pid=$(cat "/run/libvirt/qemu/$name.pid" 2>/dev/null) && {
    echo "@since $(ps -o etimes= -p "$pid")"
    printf '@running\\n'
    ask dumpxml "$name" </dev/null
  }
  printf '@disks\\n'
  ask domblkinfo "$name" --all </dev/null 2>/dev/null
done
exit 0`;

export async function viewDomains(look: Look): Promise<DomainsView> {
  return parseDomains((await look.query(['sh', '-c', script])).stdout);
}

function parseDomains(text: string): DomainsView {
  const parts = text.split(/^@(?=[a-z]+(?: |$))/m).map(partOf);
  const host = parts.filter(({ label }) => label === 'uptime' || label === 'libvirt');
  const starts = parts.flatMap(({ label }, at) => (label === 'domain' ? [at] : []));
  const uptime = Number(valueIn(host, 'uptime'));
  const libvirt = valueIn(host, 'libvirt');
  return {
    ...(uptime > 0 && { uptime }),
    ...(libvirt !== undefined && { libvirt }),
    domains: starts.flatMap((start, nth) => domainOf(parts.slice(start, starts[nth + 1])) ?? []),
    others: parts.flatMap(({ label, value }) => (label === 'other' ? [value] : [])),
  };
}

interface Part {
  readonly label: string;
  readonly value: string;
}

function partOf(text: string): Part {
  const [, label = '', value = ''] = /^(\S+)\s?([\s\S]*)$/.exec(text) ?? [];
  return { label, value: value.trim() };
}

function valueIn(parts: readonly Part[], wanted: string): string | undefined {
  return parts.find(({ label }) => label === wanted)?.value;
}

function domainOf(parts: readonly Part[]): DomainView | undefined {
  const [kept, running] = [valueIn(parts, 'kept') ?? '', valueIn(parts, 'running')];
  const record = recordOf(kept);
  if (!record) return undefined;
  const [started, mark] = [running ? recordOf(running) : undefined, moveMarkOf(kept)];
  const [since, disk] = [Number(valueIn(parts, 'since')), disksIn(valueIn(parts, 'disks') ?? '')];
  return {
    name: valueIn(parts, 'domain') ?? '',
    record,
    ...(mark && { mark }),
    ...(started && { running: started }),
    state: valueIn(parts, 'state') ?? '',
    macs: elementsAt(parseXml(kept, 'domain'), 'devices/interface').flatMap(
      (item) => textAt(item, 'mac/@address')?.toLowerCase() ?? [],
    ),
    ...(disk && { disk }),
    ...(since > 0 && { uptime: since }),
  };
}

/** ` vda      107374182400   1401618432   1401618432`: capacity, allocation, physical size. */
function disksIn(table: string): DomainView['disk'] {
  const rows = [...table.matchAll(/^\s*\S+\s+(\d+)\s+(\d+)\s+\d+\s*$/gm)];
  if (rows.length === 0) return undefined;
  const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  return { used: sum(2), capacity: sum(1) };
}
