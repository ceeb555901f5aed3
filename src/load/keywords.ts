import { type Infer, Type } from '../schema/schema.ts';

const someText = Type.String({ minLength: 1 });
const condition = (description: string) => Type.Optional(Type.Union([Type.Boolean(), someText], { description }));
const namesUnion = (description: string) => Type.Union([someText, Type.Array(someText)], { description });
const names = (description: string) => Type.Optional(namesUnion(description));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

const identity = {
  name: text('what it is for, shown while it runs'),
  become: flag('whether to act as another user, by sudo'),
  become_user: text('whom to become; root when it is left out'),
  vars: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'variables: name and value' })),
  tags: names('words to select it by, with --tags and --skip-tags: a list, or words with commas between'),
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

/** The keywords of a play. */
export const playSchema = Type.Object({
  ...identity,
  hosts: namesUnion('names, groups and patterns of the inventory'),
  vars_prompt: Type.Optional(Type.Array(promptSchema, { description: 'variables that are asked for at the start' })),
  tasks: Type.Optional(Type.Array(Type.Unknown(), { description: 'what to do, in this order' })),
  handlers: Type.Optional(
    Type.Array(Type.Unknown(), {
      description: 'tasks that run at the end of the play, once, when another notified them',
    }),
  ),
});

/** The keywords of a task; its module stands beside them. */
export const taskSchema = Type.Object({
  ...identity,
  when: condition('a JavaScript expression, such as `a && !b`; the task is skipped where it is false'),
  loop: Type.Optional(
    Type.Union([Type.Array(Type.Unknown()), Type.String({ pattern: '<%' })], {
      description: 'a list, or an expression that gives one; the task runs once for each, as `item`',
    }),
  ),
  register: text('a variable that takes the result'),
  notify: names('handlers to run at the end of the play if this task changes something'),
  listen: names('further names that a handler answers to'),
  delegate_to: text('the host to act on instead'),
  run_once: flag('only on the first of the hosts; the others share the result'),
  ignore_errors: flag('go on after a failure'),
  changed_when: condition('an expression that says whether the task counts as a change'),
  failed_when: condition('an expression that says whether the task failed'),
  until: condition('an expression; the task is tried again until it is true'),
  retries: Type.Optional(
    Type.Integer({ minimum: 0, description: 'how many times more to try; 3 when it is left out' }),
  ),
  delay: Type.Optional(Type.Number({ minimum: 0, description: 'seconds between two tries; 5 when it is left out' })),
  no_log: flag('show neither arguments nor output of this task'),
});

export type PlayKeywords = Infer<typeof playSchema>;
export type TaskKeywords = Infer<typeof taskSchema>;
export type PromptKeywords = Infer<typeof promptSchema>;
