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
