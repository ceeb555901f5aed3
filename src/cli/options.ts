import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Problems } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';

/** One option of a verb: how it is written, what it takes, what `--help` says. */
export interface Flag {
  readonly short?: string;
  /** What stands for its value in the help; without it the option is a switch. */
  readonly value?: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly multiple?: true;
  /** May be given without its value, which is then empty; with one it is one word: `--resume=RUN`. */
  readonly optional?: true;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Values by the option's long name. */
export type Options<Table extends Flags> = {
  readonly [Name in keyof Table]: Table[Name] extends { value: string }
    ? Table[Name] extends { multiple: true }
      ? readonly string[]
      : Table[Name] extends { choices: readonly (infer Choice)[] }
        ? Choice | undefined
        : string | undefined
    : boolean;
};

const inventory = {
  short: 'i',
  value: 'PATH',
  multiple: true,
  help: 'inventory: file, folder or program; a later one is stronger (inventory/hosts.yml)',
} as const;
const extraVariables = {
  short: 'e',
  value: 'NAME=VALUE',
  multiple: true,
  help: 'set a variable above all others; VALUE is read as YAML; @FILE reads a YAML file',
} as const;
const identity = { value: 'FILE', help: 'private key that opens secrets (~/.config/provision/identity.txt)' } as const;
const help = { short: 'h', help: 'show this text' } as const;

const screenForm = {
  value: 'FORM',
  choices: ['tree', 'plain', 'ndjson'],
  help: 'tree, plain or ndjson (tree on a terminal, plain elsewhere)',
} as const;
const verbose = { short: 'v', help: 'also show steps, output of commands, and the file of an included task' } as const;
const asked = {
  'ask-pass': { short: 'k', help: 'ask for the SSH password' },
  'ask-become-pass': { short: 'K', help: 'ask for the sudo password' },
} as const;

/** What it takes to log in to the hosts of an inventory. */
const access = { 'extra-vars': extraVariables, identity, ...asked } as const;

export const runFlags = {
  inventory,
  limit: { short: 'l', value: 'PATTERN', help: 'only the hosts of PATTERN: names, groups, globs, !not, a:&b, @FILE' },
  tags: { short: 't', value: 'TAGS', multiple: true, help: 'only tasks with one of these tags (comma separated)' },
  'skip-tags': { value: 'TAGS', multiple: true, help: 'no tasks with one of these tags' },
  check: { short: 'C', help: 'change nothing, show what would change' },
  diff: { short: 'D', help: 'show the text before and after each change' },
  'extra-vars': extraVariables,
  forks: { short: 'f', value: 'N', help: 'work on at most N hosts at once (10)' },
  yes: { short: 'y', help: 'answer yes to every confirmation' },
  output: screenForm,
  verbose,
  identity,
  ...asked,
  reinstall: {
    value: 'GUEST',
    multiple: true,
    help: 'install GUEST anew, and lose what is on its disk (may be repeated)',
  },
  adopt: {
    value: 'GUEST',
    multiple: true,
    help: 'take the volume or domain of GUEST that is there for an installed guest (may be repeated)',
  },
  'start-at-task': { value: 'NAME', help: 'begin at the task of this name (globs may be used), wherever it stands' },
  step: { help: 'ask before each task' },
  resume: {
    value: 'RUN',
    optional: true,
    help: 'go on where a run failed or was killed: the last one, or RUN of `provision runs`',
  },
  unconfirmed: {
    value: 'HOW',
    choices: ['again', 'done'],
    help: 'with --resume: commands whose end was not seen run again, or are done (asked)',
  },
  'list-hosts': { help: 'print the hosts of each play and stop' },
  'list-tasks': { help: 'print the tasks of each play and stop' },
  'list-tags': { help: 'print the tags of each play and stop' },
  help,
} as const satisfies Flags;

export const validateFlags = {
  inventory,
  'extra-vars': extraVariables,
  output: {
    value: 'FORM',
    choices: ['text', 'json', 'sarif'],
    help: 'text, json (a list with places) or sarif (for code hosts) (text)',
  },
  format: { value: 'FORM', choices: ['text', 'json', 'sarif'], help: 'the same as --output' },
  help,
} as const satisfies Flags;

export const inventoryFlags = {
  inventory,
  graph: { help: 'print groups and hosts as a tree (what it does without an option)' },
  list: { help: 'print groups, hosts and variables as JSON' },
  host: { value: 'NAME', help: 'print the variables of one host as JSON' },
  addresses: { help: 'print networks, and which guest has which address and why' },
  output: { value: 'FORM', choices: ['text', 'json'], help: 'of the addresses: text (what it does without) or json' },
  help,
} as const satisfies Flags;

export const factsFlags = {
  inventory,
  ...access,
  help,
} as const satisfies Flags;

export const explainFlags = {
  inventory,
  host: { value: 'NAME', help: 'the host whose variable it is; left out, the winner on each' },
  output: { value: 'FORM', choices: ['text', 'json'], help: 'text or json (text)' },
  'extra-vars': extraVariables,
  help,
} as const satisfies Flags;

export const verifyFlags = {
  inventory,
  from: { value: 'HOST', help: 'try ports from this host of the inventory (from this machine)' },
  output: { value: 'FORM', choices: ['table', 'ndjson', 'junit'], help: 'table, ndjson or junit (table)' },
  quiet: { short: 'q', help: 'show only what fails; nothing when all is well, for cron' },
  'extra-vars': extraVariables,
  identity,
  help,
} as const satisfies Flags;

export const runsFlags = {
  all: { help: 'list all runs, not only the last 20' },
  verbose,
  help,
} as const satisfies Flags;

export const undoFlags = {
  inventory,
  limit: { short: 'l', value: 'PATTERN', help: 'only on the hosts of PATTERN' },
  check: { short: 'C', help: 'show what would be put back, and change nothing' },
  diff: { short: 'D', help: 'show the text before and after each change' },
  overwrite: { value: 'THING', multiple: true, help: 'put this back too, although somebody changed it after the run' },
  yes: { short: 'y', help: 'do not ask' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const statusFlags = {
  inventory,
  output: { value: 'FORM', choices: ['table', 'json'], help: 'table or json (table)' },
  watch: { short: 'w', help: 'look again every few seconds, until Ctrl-C' },
  drift: {
    value: 'PLAYBOOK',
    multiple: true,
    help: 'also tell what a run of PLAYBOOK would change, by check mode (may be repeated)',
  },
  ...access,
  help,
} as const satisfies Flags;

export const destroyFlags = {
  inventory,
  check: { short: 'C', help: 'show what would be taken away, and take nothing' },
  prune: { help: 'guests that provision made and the inventory no longer names, on all its hypervisors' },
  'keep-disks': { help: 'leave the volumes of the guests where they are' },
  yes: { short: 'y', help: 'do not ask for the name of each guest to be typed' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const moveFlags = {
  inventory,
  to: { value: 'HOST', help: 'the hypervisor that the guest is to be on' },
  cold: { help: 'shut the guest down, copy its disks, start it there (the default)' },
  live: { help: 'move it while it runs, with its disks and its memory' },
  commit: { help: 'the move has turned out well: remove what is left on the old hypervisor' },
  rollback: { help: 'back to the old hypervisor; what the guest has written since is lost' },
  within: { value: 'SECONDS', help: 'how long the guest may take to shut down (300), or with --live to come over' },
  check: { short: 'C', help: 'show what would be done, and what stands against it' },
  yes: { short: 'y', help: 'do not ask' },
  output: screenForm,
  verbose,
  ...access,
  help,
} as const satisfies Flags;

export const consoleFlags = {
  inventory,
  log: { help: 'print what the console said during the last installation, and stop' },
  ...access,
  help,
} as const satisfies Flags;

export const secretsFlags = {
  inventory,
  identity,
  name: { value: 'NAME', help: 'who you are among the recipients, for init (your login name)' },
  passphrase: { help: 'protect the new identity with a passphrase, for init' },
  help,
} as const satisfies Flags;

export const helpOnly = { help } as const satisfies Flags;

/**
 * Reads the words of a command line. Every mistake in them is reported at once.
 * @throws ProvisionError PV0001 for an unknown option, PV0002 for a missing or unwanted value
 */
export function parseOptions<const Table extends Flags>(
  argv: readonly string[],
  flags: Table,
): { readonly options: Options<Table>; readonly words: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...argv],
    options: parseArgsTable(flags),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems = new Problems();
  const values: Record<string, boolean | string | string[]> = {};
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.multiple) values[name] = [];
    else if (!flag.value) values[name] = false;
  }
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    else if (token.kind === 'option') readOption(token, { flags, values, problems });
  }
  problems.throwIfAny();
  // Filled from the same table that the type is made of.
  return { options: values as unknown as Options<Table>, words };
}

function parseArgsTable(flags: Flags): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { short, value, multiple, optional }]) => [
      name,
      { type: value && !optional ? 'string' : 'boolean', ...(short && { short }), ...(multiple && { multiple }) },
    ]),
  );
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

interface Reading {
  readonly flags: Flags;
  readonly values: Record<string, boolean | string | string[]>;
  readonly problems: Problems;
}

function readOption(token: OptionToken, { flags, values, problems }: Reading): void {
  const flag = flags[token.name];
  if (!flag) {
    const help =
      didYouMean(
        token.rawName,
        Object.keys(flags).map((name) => `--${name}`),
      ) ?? '`--help` lists the options';
    problems.add('PV0001', `there is no option \`${token.rawName}\``, { help });
  } else if (!flag.value) {
    if (token.value === undefined) values[token.name] = true;
    else problems.add('PV0002', `\`${token.rawName}\` takes no value`);
  } else if (flag.optional && token.value === undefined) {
    values[token.name] = '';
  } else if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) {
    problems.add('PV0002', `\`${token.rawName}\` needs a value: ${token.rawName} ${flag.value}`);
  } else if (flag.choices && !flag.choices.includes(token.value)) {
    const help = didYouMean(token.value, flag.choices) ?? `one of ${flag.choices.join(', ')}`;
    problems.add('PV0002', `\`${token.rawName}\` takes no \`${token.value}\``, { help });
  } else {
    const before = values[token.name];
    values[token.name] = Array.isArray(before) ? [...before, token.value] : token.value;
  }
}

/** The list of options for `--help`, in two columns. */
export function optionsHelp(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, { short, value, optional, help }]) => ({
    left: `  ${short ? `-${short}, ` : '    '}--${name}${valueText(value, optional)}`,
    help,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return rows.map(({ left, help }) => `${left.padEnd(width)}${help}`).join('\n');
}

function valueText(value: string | undefined, optional: true | undefined): string {
  if (value === undefined) return '';
  return optional ? `[=${value}]` : ` ${value}`;
}
