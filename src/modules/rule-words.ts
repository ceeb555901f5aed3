/** Words of a rule as `iptables -S` and `iptables-save` write them: quoted where blank or odd, `\` before any sign. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:"((?:\\.|[^"\\])*)"|(\S+))/g)) {
    words.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/g, '$1'));
  }
  return words;
}

/** The same way back, for `iptables-restore`. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w.:,/!+-]+$/.test(word) ? word : `"${word.replace(/["'\\]/g, '\\$&')}"`)).join(' ');
}

/** What a rule says, in the words of the playbook. `!` before a value: everything else. */
export interface RuleParts {
  readonly protocol?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly in_interface?: string;
  readonly out_interface?: string;
  readonly source_port?: string | number;
  readonly destination_port?: string | number;
  readonly ctstate?: readonly string[];
  readonly match?: readonly string[];
  readonly comment?: string;
  readonly jump?: string;
  readonly to_destination?: string;
  readonly to_source?: string;
  readonly to_ports?: string;
  readonly reject_with?: string;
}

export function ruleWords(rule: RuleParts): string[] {
  const conntrack = rule.ctstate?.join(',');
  return [
    ...option('-s', rule.source),
    ...option('-d', rule.destination),
    ...option('-i', rule.in_interface),
    ...option('-o', rule.out_interface),
    ...option('-p', rule.protocol),
    ...portWords(rule),
    ...(conntrack ? ['-m', 'conntrack', ...option('--ctstate', conntrack)] : []),
    ...(rule.match ?? []).flatMap(splitWords),
    ...(rule.comment === undefined ? [] : ['-m', 'comment', '--comment', rule.comment]),
    ...option('-j', rule.jump),
    ...option('--to-destination', rule.to_destination),
    ...option('--to-source', rule.to_source),
    ...option('--to-ports', rule.to_ports),
    ...option('--reject-with', rule.reject_with),
  ];
}

/** Several ports need the `multiport` match; one, or a range, the protocol's own. */
function portWords({ protocol, source_port, destination_port }: RuleParts): string[] {
  const ports = [
    { name: 'sport', value: source_port },
    { name: 'dport', value: destination_port },
  ];
  const several = ports.some(({ value }) => String(value ?? '').includes(','));
  const words = ports.flatMap(({ name, value }) => option(`--${name}${several ? 's' : ''}`, value));
  if (words.length === 0) return [];
  return ['-m', several ? 'multiport' : plainProtocol(protocol ?? ''), ...words];
}

function plainProtocol(protocol: string): string {
  const name = protocol.toLowerCase();
  return { '6': 'tcp', '17': 'udp', '132': 'sctp' }[name] ?? name;
}

function option(name: string, value: string | number | undefined): string[] {
  if (value === undefined) return [];
  const [, not, rest = ''] = /^(!?)\s*(.*)$/s.exec(String(value)) ?? [];
  return not ? ['!', name, rest] : [name, rest];
}
