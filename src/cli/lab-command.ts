import { isIPv4 } from 'node:net';
import { parseArgs } from 'node:util';
import { problem } from '../core/diagnostic.ts';
import { down, type UpOptions, up } from '../lab/lab.ts';
import { defaultLab } from '../lab/names.ts';
import { quickstart } from '../lab/quickstart.ts';
import { shell } from '../lab/shell.ts';
import { type LabStatus, status } from '../lab/status.ts';

const usage = `Usage: provision lab up     [--hosts N] [--suite bookworm|trixie] [--debian] [--name NAME] [--subnet 10.79.0]
       provision lab status [--name NAME]
       provision lab shell  [HOST] [--name NAME] [-- COMMAND...]
       provision lab down   [--name NAME]
       provision lab quickstart [--debian]

Debian hosts in namespaces of this machine to try playbooks on (Linux, root). \`up\` writes inventory/lab.yml.

  --hosts N         how many hypervisors (1)
  --suite SUITE     their Debian: bookworm or trixie (bookworm)
  --debian          the guest is a real Debian 13 instead of the mini guest; --no-debian goes back
  --name NAME       one of several labs of this machine (lab)
  --subnet A.B.C    the lab's network (10.77.0)
  --inventory FILE  the inventory to write (inventory/lab.yml; inventory/lab/NAME.yml for another lab)
What is left out stays as it was at the last \`up\`.
`;

/** `provision lab …`: answers with the exit code. */
export async function labCommand(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb === 'quickstart') return quickstart(rest);
  const options = parse(rest);
  if (verb === undefined || ['help', '--help', '-h'].includes(verb) || options.help) return say(usage);
  const name = options.name ?? defaultLab;
  if (verb !== 'shell' && options.positionals.length > 0)
    throw misused(`\`${options.positionals[0]}\` is one word too many`);
  switch (verb) {
    case 'up':
      return say(describe(await up({ ...upOptions(options), name, report: reportOnStderr })));
    case 'down':
      await down(name, reportOnStderr);
      return say(`lab \`${name}\` is down\n`);
    case 'status':
      return say(describe(await status(name)));
    case 'shell':
      return shell(name, options.positionals[0], options.command);
    default:
      throw misused(`there is no \`lab ${verb}\``);
  }
}

type Options = ReturnType<typeof parse>;

function parse(argv: readonly string[]) {
  const end = argv.indexOf('--');
  const [words, command] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        hosts: { type: 'string' },
        suite: { type: 'string' },
        debian: { type: 'boolean' },
        'no-debian': { type: 'boolean' },
        name: { type: 'string' },
        subnet: { type: 'string' },
        inventory: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { ...values, positionals, command };
  } catch (error) {
    throw misused(error instanceof Error ? error.message : String(error));
  }
}

function upOptions(options: Options): Omit<UpOptions, 'name' | 'report'> {
  const { suite, subnet, name = defaultLab } = options;
  const hosts = options.hosts === undefined ? undefined : Number(options.hosts);
  if (hosts !== undefined && !(Number.isInteger(hosts) && hosts >= 1 && hosts <= 80))
    throw misused('`--hosts` wants a number from 1 to 80');
  if (suite !== undefined && suite !== 'bookworm' && suite !== 'trixie')
    throw misused(`\`--suite\` is bookworm or trixie, not ${suite}`);
  if (subnet !== undefined && !isIPv4(`${subnet}.0`))
    throw misused('`--subnet` wants the first three numbers of a network, such as 10.79.0');
  const debian = options['no-debian'] ? false : options.debian;
  return {
    hosts,
    suite,
    subnet,
    debian,
    inventory: options.inventory ?? (name === defaultLab ? `inventory/lab.yml` : `inventory/lab/${name}.yml`),
  };
}

function misused(message: string) {
  return problem('PV5602', message, { help: 'provision lab --help' });
}

function describe(lab: LabStatus): string {
  const lines = [`lab ${lab.name}: ${lab.state}${lab.suite ? ` (${lab.suite})` : ''}`];
  for (const host of lab.hosts) {
    lines.push(`  ${host.name}  ${host.address}  ${host.state}${host.pid ? `, process ${host.pid}` : ''}`);
    lines.push(`    writes to  ${host.upper}`);
  }
  if (lab.inventory) lines.push(`  inventory   ${lab.inventory}`, `  key         ${lab.privateKeyFile}`);
  if (lab.proxy) lines.push(`  proxy       ${lab.proxy}`, `  installers  ${lab.installers}`);
  return `${lines.join('\n')}\n`;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function reportOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
