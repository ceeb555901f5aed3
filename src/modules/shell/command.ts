import { problem } from '../../core/diagnostic.ts';
import type { Effect, Step } from '../../core/plan.ts';
import { quote } from '../../core/quote.ts';
import { args, hostPath, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { holds, readGuards } from './guards.ts';

export const shellCommand = defineModule({
  name: 'shell.command',
  description:
    'A command of your own. Without `creates`, `removes` or `unless` it runs every time and counts as a change.',
  args: args({
    argv: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'program and arguments as a list; no shell looks at them',
      }),
    ),
    script: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'text for sh, which stops at the first command that fails; not visible in the process list',
      }),
    ),
    creates: Type.Optional(hostPath('run only while this path is missing; it must be there afterwards')),
    removes: Type.Optional(hostPath('run only while this path is there; it must be gone afterwards')),
    unless: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'shell text that only looks: run only while it fails; it must succeed afterwards',
      }),
    ),
    directory: Type.Optional(hostPath('where the command runs')),
    environment: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'variables for the command' })),
    stdin: Type.Optional(Type.String({ description: 'what the command reads; not together with `script`' })),
    timeout: Type.Optional(
      Type.Number({ minimum: 1, description: 'seconds after which it is stopped and has failed' }),
    ),
    exits: Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), {
      minItems: 1,
      default: [0],
      description: 'exit statuses that mean success',
    }),
  }),
  examples: [
    'argv: [virsh, net-autostart, nat]\nunless: virsh net-info nat | grep -q "Autostart. *yes"',
    'script: |\n  cd /usr/local/src\n  tar xzf tool.tar.gz\ncreates: /usr/local/src/tool',
    'argv: [dpkg-reconfigure, -f, noninteractive, tzdata]\nenvironment: { LC_ALL: C.UTF-8 }\ntimeout: 120',
  ],

  lasting: 'a command may have done anything',
  read: (wanted, look) => readGuards(wanted, look),

  plan(wanted, guards): readonly Step[] {
    const { argv, script, stdin } = wanted;
    if ((argv === undefined) === (script === undefined)) {
      throw problem('PV5103', 'shell.command needs either `argv` or `script`, and not both');
    }
    if (script !== undefined && stdin !== undefined) {
      throw problem('PV5103', '`stdin` does not go with `script`', {
        argument: ['stdin'],
        help: 'write what is to be read into the script, as a here-document',
      });
    }
    if (guards && holds(guards)) return [];
    const title = `run ${argv ? shorten(quote(argv)) : shorten((script ?? '').trim().split('\n').join('; '))}`;
    return [
      { title, effect: effectOf(wanted), ...(!guards && { everyRun: 'nothing tells whether it was done before' }) },
    ];
  },
});

interface Command {
  readonly argv?: string[];
  readonly script?: string;
  readonly directory?: string;
  readonly environment?: Record<string, string>;
  readonly stdin?: string;
  readonly timeout?: number;
  readonly exits: number[];
}

/** Reads all of the script before any of it runs: its commands find an empty standard input. */
const scriptRunner = ['sh', '-e', '-c', 'script=$(cat); exec </dev/null; eval "$script"'];

function effectOf({ argv = scriptRunner, script, stdin = script, ...options }: Command): Effect {
  const { directory, environment, timeout, exits } = options;
  return {
    kind: 'run',
    argv,
    ...(script !== undefined && { called: 'the script' }),
    ...(stdin !== undefined && { stdin }),
    ...(directory !== undefined && { directory }),
    ...(environment && { environment }),
    ...(timeout !== undefined && { timeout }),
    exits,
    lasting: true,
  };
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
}
