import { type Infer, oneOf, Type } from '../schema/schema.ts';

const someText = Type.String({ minLength: 1 });
const condition = (description: string) =>
  Type.Optional(
    Type.Union([Type.Boolean(), someText, Type.Array(Type.Union([Type.Boolean(), someText]))], { description }),
  );
const namesUnion = (description: string) => Type.Union([someText, Type.Array(someText)], { description });
const names = (description: string) => Type.Optional(namesUnion(description));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const list = (description: string) => Type.Optional(Type.Array(Type.Unknown(), { description }));
const expression = Type.String({ pattern: '<%' });

/** Keywords that are numbers, or expressions that give one when a task runs. */
export const numberSchemas = {
  throttle: Type.Integer({ minimum: 1 }),
  timeout: Type.Number({ exclusiveMinimum: 0 }),
  pause: Type.Number({ minimum: 0 }),
  parallel: Type.Integer({ minimum: 1 }),
  retries: Type.Integer({ minimum: 0 }),
  delay: Type.Number({ minimum: 0 }),
  backoff: Type.Number({ minimum: 1 }),
};

const number = (keyword: keyof typeof numberSchemas, description: string) =>
  Type.Optional(Type.Union([numberSchemas[keyword], expression], { description }));

const variables = Type.Optional(
  Type.Record(Type.String(), Type.Unknown(), { description: 'variables: name and value' }),
);
const tags = names('words to select it by, with --tags and --skip-tags: a list, or words with commas between');

/** What a play, a block, an include, a role and a task may all say; it holds for everything within. */
const inherited = {
  name: text('what it is for, shown while it runs'),
  become: flag('whether to act as another user, by sudo'),
  become_user: text('whom to become; root when it is left out'),
  vars: variables,
  tags,
  environment: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      description: 'environment variables for what is carried out on the host',
    }),
  ),
  module_defaults: Type.Optional(
    Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
      description: 'arguments that tasks of a module have unless they say otherwise: module and arguments',
    }),
  ),
  ignore_errors: flag('go on after a failure'),
  any_errors_fatal: flag('a failure on one host ends the run on all of them'),
  no_log: flag('show neither arguments nor output'),
  throttle: number('throttle', 'on how many hosts at once, at most'),
  timeout: number('timeout', 'seconds after which what a task carries out is stopped, and the task fails'),
};

const loopControlSchema = Type.Object(
  {
    loop_var: text('the name of the item; `item` when it is left out'),
    index_var: text('a name for the number of the item, from 0'),
    label: text('what is shown of the item: `"<%= item.name %>"`'),
    pause: number('pause', 'seconds between two items'),
    parallel: number('parallel', 'how many items may be under way at once; 1 when it is left out'),
  },
  { additionalProperties: false },
);

/** What a block, an include, a role and a task may say, but not a play. */
const conditional = {
  ...inherited,
  when: condition(
    'a JavaScript expression, such as `a && !b`, or a list of which all must hold; skipped where it is false',
  ),
  loop: Type.Optional(
    Type.Union([Type.Array(Type.Unknown()), Type.String({ pattern: '<%' })], {
      description: 'a list, or an expression that gives one; it runs once for each, as `item`',
    }),
  ),
  loop_control: Type.Optional(
    Type.Object(loopControlSchema.properties, { additionalProperties: false, description: 'how it loops' }),
  ),
  notify: names('handlers to run at the end of the play if something is changed'),
  delegate_to: text('the host to act on instead'),
  run_once: flag('only on the first of the hosts; the others share the result'),
};

export const promptSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'the variable' }),
    prompt: text('the question; the name of the variable when it is left out'),
    private: flag('whether what is typed stays hidden; true when it is left out'),
    default: Type.Optional(Type.Unknown({ description: 'the value for an empty answer' })),
  },
  { additionalProperties: false },
);

const batch = Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[1-9]\\d?%$|^100%$' })]);

/** The keywords of a play. */
export const playSchema = Type.Object({
  ...inherited,
  hosts: namesUnion('names, groups and patterns of the inventory'),
  order: Type.Optional(
    oneOf(['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'], {
      description: 'in which order hosts begin; that of the inventory when it is left out',
    }),
  ),
  serial: Type.Optional(
    Type.Union([batch, Type.Array(batch, { minItems: 1 })], {
      description: 'how many hosts go through the play together: a number, a share such as "30%", or a list of them',
    }),
  ),
  max_fail_percentage: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'when more hosts of a batch than this have failed, all stop',
    }),
  ),
  force_handlers: flag('handlers run on a host that failed, too'),
  vars_prompt: Type.Optional(Type.Array(promptSchema, { description: 'variables that are asked for at the start' })),
  vars_files: names('files of variables, beside the playbook'),
  pre_tasks: list('what to do first; handlers that it notifies run before the roles'),
  roles: list('roles, in this order: a name, or `role: NAME` with vars, tags, when'),
  tasks: list('what to do, in this order'),
  post_tasks: list('what to do when the handlers of roles and tasks have run'),
  handlers: list('tasks that run at the end of the play, once, when another notified them'),
});

/** The keywords of a block of tasks. */
export const blockSchema = Type.Object({
  ...conditional,
  block: Type.Array(Type.Unknown(), { description: 'tasks that share the keywords beside them' }),
  rescue: list('tasks that run when one of the block failed; `failure` tells of it'),
  always: list('tasks that run after the block, whether or not it failed'),
});

const includedRole = Type.Object(
  {
    role: Type.String({ minLength: 1, description: 'the name of a role' }),
    tasks_from: text('a file of its folder `tasks`; main.yml when it is left out'),
  },
  { additionalProperties: false },
);

/** The keywords of an include. */
export const includeSchema = Type.Object({
  ...conditional,
  include: Type.Union([someText, includedRole], {
    description: 'a file of tasks, found from the file that this stands in, or `{ role: NAME }`',
  }),
});

/** An entry of `roles`. */
export const roleSchema = Type.Object({
  ...conditional,
  role: Type.String({ minLength: 1, description: 'the name of a folder below `roles`' }),
});

/** Stands in the place of a play. */
export const importSchema = Type.Object({
  name: text('what it is for'),
  import_playbook: Type.String({ minLength: 1, description: 'another playbook, found from this one' }),
  vars: variables,
  tags,
  when: condition('an expression; where it is false for a host, all tasks of the playbook are skipped there'),
});

/** The keywords of a task; its module stands beside them. */
export const taskSchema = Type.Object({
  ...conditional,
  register: text('a variable that takes the result'),
  listen: names('further names that a handler answers to'),
  changed_when: condition('an expression that says whether the task counts as a change'),
  failed_when: condition('an expression that says whether the task failed'),
  until: condition('an expression; the task is tried again until it is true'),
  retries: number(
    'retries',
    'how many times more to try; 3 when it is left out; without `until`, until the task does not fail',
  ),
  delay: number('delay', 'seconds between two tries; 5 when it is left out'),
  backoff: number('backoff', 'each wait is so many times the one before; 1 when it is left out'),
});

const inheritedSchema = Type.Object(inherited);
const conditionalSchema = Type.Object(conditional);

export type InheritedKeywords = Infer<typeof inheritedSchema>;
export type ConditionalKeywords = Infer<typeof conditionalSchema>;
export type PlayKeywords = Infer<typeof playSchema>;
export type BlockKeywords = Infer<typeof blockSchema>;
export type IncludeKeywords = Infer<typeof includeSchema>;
export type RoleKeywords = Infer<typeof roleSchema>;
export type ImportKeywords = Infer<typeof importSchema>;
export type TaskKeywords = Infer<typeof taskSchema>;
export type PromptKeywords = Infer<typeof promptSchema>;
