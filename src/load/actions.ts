import type { Problems } from '../core/diagnostic.ts';
import type { DocumentedModule } from '../schema/editor-schema.ts';
import { args, type ModuleSchema, oneOf, Type } from '../schema/schema.ts';
import type { Task } from './playbook.ts';
import { checkVariableName } from './variable-name.ts';

const names = (description: string) =>
  Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))], { description }),
  );

/** What the engine does itself; these stand in a task where the module does, and have one word. */
export const actions: readonly DocumentedModule[] = [
  {
    name: 'debug',
    description: 'Shows a text or a value; changes nothing.',
    args: args({
      msg: Type.Optional(Type.Unknown({ description: 'what to show; lists and maps are shown as JSON' })),
      var: Type.Optional(
        Type.String({ minLength: 1, description: 'an expression whose value is shown, without `<% %>`' }),
      ),
    }),
    examples: ['msg: "<%= host %> has <%= memory %> MB"', 'var: hostvars.everest.ip'],
  },
  {
    name: 'fail',
    description: 'Fails, with a reason.',
    args: args({ msg: Type.Optional(Type.String({ minLength: 1, description: 'the reason' })) }),
    examples: ['msg: this host has no room for another guest'],
  },
  {
    name: 'set_fact',
    description: 'Gives variables to the host for the rest of the run; only --extra-vars is stronger.',
    args: Type.Object({}, { minProperties: 1 }),
    examples: ['address: "<%= found.stdout %>"'],
  },
  {
    name: 'pause',
    description: 'Waits, or asks something once for all hosts; `register` keeps what was typed as `user_input`.',
    args: args({
      seconds: Type.Optional(Type.Number({ minimum: 0, description: 'how long each host waits' })),
      minutes: Type.Optional(Type.Number({ minimum: 0, description: 'the same in minutes' })),
      prompt: Type.Optional(Type.String({ minLength: 1, description: 'what to ask; Enter goes on' })),
      echo: Type.Optional(Type.Boolean({ description: 'whether what is typed is shown; true when it is left out' })),
    }),
    examples: ['seconds: 5', 'prompt: Switch the cables, then press Enter'],
  },
  {
    name: 'meta',
    description: 'Steers the run; the word stands right behind it: `meta: flush_handlers`.',
    args: args({
      do: oneOf(['flush_handlers', 'end_host', 'end_play', 'refresh_connection', 'noop'], {
        description:
          'run the handlers notified so far; end the play for this host, or for all; log in anew; or nothing',
      }),
    }),
    examples: ['do: flush_handlers'],
    word: 'do',
  },
  {
    name: 'add_host',
    description: 'Adds a host to the inventory for the plays to come; nothing is written to a file.',
    args: args({
      name: Type.String({ minLength: 1, description: 'the name of the host' }),
      groups: names('groups that it belongs to; made where there are none of that name'),
      ssh: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), { description: 'how to reach it, as in the inventory' }),
      ),
      vars: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'its variables' })),
    }),
    examples: ['name: "<%= found.stdout %>"\ngroups: found\nssh: { user: root }'],
  },
  {
    name: 'group_by',
    description: 'Puts the host into a group for the plays to come; nothing is written to a file.',
    args: args({
      key: Type.String({ minLength: 1, description: 'the name of the group' }),
      parents: names('groups that this group belongs to'),
    }),
    examples: ['key: "release_<%= release %>"'],
  },
];

const words: ReadonlySet<string> = new Set(actions.map(({ name }) => name));

/** Whether it is the engine's own, not a module. */
export function isAction(module: string): boolean {
  return words.has(module);
}

/** `meta: flush_handlers` is short for a map. */
export function actionArguments({ name }: ModuleSchema, args: unknown): unknown {
  const word = actions.find((action) => action.name === name)?.word;
  return word !== undefined && typeof args === 'string' ? { [word]: args } : args;
}

/** What the schema of an action cannot say. */
export function checkAction(task: Task, problems: Problems): void {
  const at = (...path: readonly string[]) => task.document.locate([...task.path, ...path]);
  const given = typeof task.args === 'object' && task.args !== null ? Object.keys(task.args) : [];
  if (task.module === 'set_fact') {
    for (const name of given) {
      checkVariableName(name, task.document.locate([...task.path, 'set_fact', name], 'key'), problems);
    }
  }
  if (task.module === 'debug' && given.length !== 1) {
    problems.add('PV1203', '`debug` needs either `msg` or `var`', {
      at: at('debug'),
      help: 'debug: { msg: "…" } shows a text, debug: { var: NAME } a value',
    });
  }
  if (task.module === 'pause' && given.length === 0) {
    problems.add('PV1203', '`pause` needs `seconds`, `minutes` or `prompt`', {
      at: at('pause'),
      help: 'pause: { seconds: 5 }',
    });
  }
  if (task.module !== 'meta') return;
  for (const [keyword, isThere] of Object.entries({
    loop: task.loop !== undefined,
    register: task.register !== undefined,
    until: task.until !== undefined,
  })) {
    if (isThere) problems.add('PV1105', `\`meta\` takes no \`${keyword}\``, { at: at(keyword), help: 'leave it out' });
  }
}
