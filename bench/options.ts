import { parseArgs } from 'node:util';
import { contenderNames } from './contenders/contenders.ts';
import type { Selection } from './plan.ts';
import { workNames } from './row.ts';

export const usage = `Usage: npm run bench -- [options]

Measures provision beside others, on hosts that it makes on this machine (Linux, root, Debian's apt). Without options all
of it, about half an hour, and docs/performance.md is written.

  --work LIST        of ${workNames.join(', ')}
  --hosts LIST       1,10,50; any number up to 200, of edge (guests) and simulated up to 1000
  --rtt LIST         0,10,40: round trips in milliseconds
  --rounds N         at most so many; what is slow gets fewer, but one
  --contenders LIST  of ${contenderNames.join(', ')}
  --json FILE        write the rows as one JSON array
  --resume           take up the whole benchmark where it was broken off
  --profile          tell where the controller's time goes in W1 on one host, measure nothing else
  --report           write docs/performance.md from the saved rows, measure nothing
  --help             this text
`;

export interface Options {
  readonly mode: 'run' | 'profile' | 'report' | 'help';
  readonly resume: boolean;
  /** Nothing was selected: what comes out may become the document. */
  readonly whole: boolean;
  readonly json?: string;
  readonly selection: Selection;
}

const text = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;
const flags = {
  ...{ work: text, hosts: text, rtt: text, rounds: text, contenders: text },
  ...{ json: text, resume: yes, profile: yes, report: yes, help: yes },
};

/** @throws Error with a sentence about what is wrong on the command line */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({ args: [...argv], options: flags, strict: true });
  const whole = [values.work, values.hosts, values.rtt, values.rounds, values.contenders].every((value) => !value);
  if (values.resume && !whole)
    throw new Error('`--resume` takes up the whole benchmark: no part of it can be selected');
  return {
    mode: (['help', 'report', 'profile'] as const).find((mode) => values[mode]) ?? 'run',
    resume: values.resume ?? false,
    whole,
    ...(values.json && { json: values.json }),
    selection: {
      works: values.work ? namesIn(values.work, workNames) : workNames,
      ...(values.hosts && { hosts: numbersIn(values.hosts, [1, 1000]) }),
      ...(values.rtt && { rtts: numbersIn(values.rtt, [0, 1000]) }),
      ...(values.rounds && { rounds: numberIn(values.rounds, [1, 1000]) }),
      ...(values.contenders && { contenders: namesIn(values.contenders, contenderNames) }),
    },
  };
}

function list(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}

function namesIn<Name extends string>(text: string, known: readonly Name[]): readonly Name[] {
  return list(text).map((word) => {
    const name = known.find((candidate) => candidate === word);
    if (name === undefined) throw new Error(`\`${word}\` is none of ${known.join(', ')}`);
    return name;
  });
}

type Bounds = readonly [least: number, most: number];

function numbersIn(text: string, bounds: Bounds): readonly number[] {
  return list(text).map((word) => numberIn(word, bounds));
}

function numberIn(text: string, [least, most]: Bounds): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`\`${text}\` is no whole number from ${least} to ${most}`);
}
