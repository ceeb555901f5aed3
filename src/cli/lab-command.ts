import { isIPv4 } from 'node:net';
import { problem } from '../core/diagnostic.ts';
import { down, type UpOptions, up } from '../lab/lab.ts';
import { defaultLab } from '../lab/names.ts';
import { quickstart } from '../lab/quickstart.ts';
import { shell } from '../lab/shell.ts';
import { type LabStatus, status } from '../lab/status.ts';
import { labFlags } from './options.ts';
import { type Options, optionsHelp, parseOptions } from './parse-options.ts';

const usage = `Usage: provision lab up     [--hosts N] [--suite bookworm|trixie] [--debian] [--name NAME] [--subnet 10.79.0]
       provision lab status [--name NAME]
       provision lab shell  [HOST] [--name NAME] [-- COMMAND...]
       provision lab down   [--name NAME]
       provision lab quickstart [--debian]

Debian hosts in namespaces of this machine to try playbooks on (Linux, root). \`up\` writes inventory/lab.yml.

${optionsHelp(labFlags)}

What is left out stays as it was at the last \`up\`.
`;

/** `provision lab …`: answers with the exit code. */
export async function labCommand(argv: readonly string[]): Promise<number> {
  const end = argv.indexOf('--');
  const [before, command] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  const { options, words } = parseOptions(before, labFlags);
  const [verb, word, ...more] = words;
  if (verb === undefined || verb === 'help' || options.help) return say(usage);
  const { name = defaultLab } = options;
  const [tooMany] = verb === 'shell' ? more : [word, ...more];
  if (tooMany !== undefined) throw misused(`\`${tooMany}\` is one word too many`);
  switch (verb) {
    case 'up':
      return say(describe(await up({ ...upOptions(options), name, report: reportOnStderr })));
    case 'down':
      await down(name, reportOnStderr);
      return say(`lab \`${name}\` is down\n`);
    case 'status':
      return say(describe(await status(name)));
    case 'shell':
      return shell(name, word, command);
    case 'quickstart':
      return quickstart(parseOptions(before, { debian: labFlags.debian }).options.debian);
    default:
      throw misused(`there is no \`lab ${verb}\``);
  }
}

/** What is left out stays as it was. */
function upOptions(options: Options<typeof labFlags>): Omit<UpOptions, 'name' | 'report'> {
  const { suite, subnet, name = defaultLab } = options;
  const hosts = options.hosts === undefined ? undefined : Number(options.hosts);
  if (hosts !== undefined && !(Number.isInteger(hosts) && hosts >= 1 && hosts <= 80))
    throw misused('`--hosts` wants a number from 1 to 80');
  if (subnet !== undefined && !isIPv4(`${subnet}.0`))
    throw misused('`--subnet` wants the first three numbers of a network, such as 10.79.0');
  return {
    hosts,
    suite,
    subnet,
    debian: options['no-debian'] ? false : options.debian || undefined,
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
