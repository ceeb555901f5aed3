import { canonicalAddress } from './network-address.ts';

/** A rule in one form, however it was written. */
export interface RuleSpec {
  /** Equal for equal rules. */
  readonly key: string;
  readonly jump?: string;
}

interface Option {
  readonly name: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** The words of a rule, without `-A CHAIN`, in canonical form: their order, spelling and defaults do not matter. */
export function ruleSpec(words: readonly string[], version: 4 | 6): RuleSpec {
  const options = readOptions(words);
  const jump = options.find(({ name }) => name === '-j')?.values[0];
  const lines = options.map((option) => canonicalOption(option, version)).filter((line) => line !== undefined);
  if (jump === 'REJECT' && !options.some(({ name }) => name === '--reject-with')) {
    lines.push(`--reject-with icmp${version === 6 ? '6' : ''}-port-unreachable`);
  }
  return { key: [...new Set(lines)].sort().join('\n'), ...(jump !== undefined && { jump }) };
}

const aliases: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--protocol': '-p',
  '--proto': '-p',
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--jump': '-j',
  '--goto': '-g',
  '--match': '-m',
  '--source-port': '--sport',
  '--destination-port': '--dport',
  '--source-ports': '--sports',
  '--destination-ports': '--dports',
  '--state': '--ctstate',
};

/** Their value may begin with a dash. */
const freeText = new Set(['--comment', '--log-prefix', '--nflog-prefix']);

function readOptions(words: readonly string[]): Option[] {
  const options: { name: string; values: string[]; negated: boolean }[] = [];
  let negated = false;
  for (const word of words) {
    const last = options.at(-1);
    if (last && freeText.has(last.name) && last.values.length === 0) last.values.push(word);
    else if (word === '!') negated = true;
    else if (/^-{1,2}[A-Za-z]/.test(word)) {
      options.push({ name: aliases[word] ?? word, values: [], negated });
      negated = false;
    } else {
      if (last && negated) last.negated = true;
      last?.values.push(word);
      negated = false;
    }
  }
  return options;
}

/** `-m` of these is implied by their options, or by the protocol. */
const impliedMatches = new Set(['tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'comment', 'conntrack', 'state', 'multiport']);

function canonicalOption({ name, values, negated }: Option, version: 4 | 6): string | undefined {
  if (name === '-m' && impliedMatches.has(values[0] ?? '')) return undefined;
  if (name === '--syn') return `${negated ? '! ' : ''}--tcp-flags FIN,SYN,RST,ACK SYN`;
  const value = canonicalValue(name, values.join(' '), version);
  if (value === undefined && !negated) return undefined;
  return `${negated ? '! ' : ''}${name} ${value ?? 'any'}`;
}

/** `undefined`: says the same as leaving the option out. */
function canonicalValue(name: string, value: string, version: 4 | 6): string | undefined {
  switch (name) {
    case '-s':
    case '-d':
      return canonicalAddress(value, version);
    case '-p':
      return canonicalProtocol(value);
    case '-i':
    case '-o':
      return value === '+' ? undefined : value;
    case '--sport':
    case '--dport':
      return canonicalPorts(value);
    case '--sports':
    case '--dports':
      return value.split(',').map(canonicalPorts).sort().join(',');
    case '--ctstate':
    case '--ctstatus':
      return value.toUpperCase().split(',').sort().join(',');
    case '--mac-source':
      return value.toLowerCase();
    default:
      return value;
  }
}

const protocols: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'ipv6-icmp',
  '89': 'ospf',
  '132': 'sctp',
  '136': 'udplite',
  icmpv6: 'ipv6-icmp',
};

function canonicalProtocol(value: string): string | undefined {
  const name = value.toLowerCase();
  return name === 'all' || name === '0' ? undefined : (protocols[name] ?? name);
}

function canonicalPorts(value: string): string {
  const [first = '', last] = value.replace('-', ':').split(':');
  if (last === undefined || first === last) return first;
  return `${first || '0'}:${last || '65535'}`;
}
