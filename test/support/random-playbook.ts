import fc from 'fast-check';

/** A playbook's text; `ROOT` in it stands for the folder that it works in. */
export type PlaybookText = string;

const paths = ['a', 'b', 'a/b', 'a/c', 'a/b/d', 'link/c', 'other/e', 'e'];
const path = fc.constantFrom(...paths);
const name = fc.constantFrom('one', 'two', 'three');
const word = fc.constantFrom('red', 'green', 'blue');
const quoted = (text: string): string => JSON.stringify(text);

/** Each is a map of YAML in one line: the module with its arguments. */
const modules: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(path, fc.constantFrom('0755', '0700'))
    .map(([at, mode]) => `file.directory: { path: ROOT/${at}, mode: "${mode}" }`),
  fc.tuple(path, word).map(([at, text]) => `file.content: { path: ROOT/${at}, content: "${text}\\n" }`),
  fc
    .tuple(path, word, fc.constantFrom('0644', '0600'))
    .map(
      ([at, text, mode]) => `file.content: { path: ROOT/${at}, content: "${text}\\n", mode: "${mode}", backup: true }`,
    ),
  fc.tuple(path, word).map(([at, line]) => `file.line: { path: ROOT/${at}, line: ${line}, create: true }`),
  fc
    .tuple(path, word)
    .map(([at, line]) => `file.line: { path: ROOT/${at}, line: "${line} 2", match: "^${line}" , create: true }`),
  fc
    .tuple(fc.constantFrom('link', 'e'), fc.constantFrom('a', 'other'))
    .map(([at, target]) => `file.link: { path: ROOT/${at}, target: ${target} }`),
  path.map((at) => `file.absent: { path: ROOT/${at}, recursive: true }`),
  fc
    .tuple(path, word)
    .map(([at, text]) => `shell.command: { script: "echo ${text} >>ROOT/${at}; echo ${at} >>ROOT/log" }`),
  fc
    .tuple(path, path)
    .map(([at, other]) => `shell.command: { script: "cp -r ROOT/${at} ROOT/${other}", creates: ROOT/${other} }`),
  fc
    .tuple(path, word)
    .map(([at, text]) => `shell.command: { script: "echo ${text} >ROOT/${at}", unless: "grep -q ${text} ROOT/${at}" }`),
  path.map((at) => `shell.command: { argv: [rm, -rf, ROOT/${at}], removes: ROOT/${at} }`),
  fc.constantFrom('0', '3').map((exit) => `shell.command: { script: "echo said; exit ${exit}" }`),
  name.map((result) => `assert.that: { that: ["<%= has('${result}') || has('one') %>"] }`),
);

/** Lines below the module. */
const keywords: fc.Arbitrary<readonly string[]> = fc
  .record({
    when: fc.option(
      fc.constantFrom("has('one') && one.changed", "!has('two') || !two.failed", "has('three')", 'true', 'false'),
      { freq: 4, nil: undefined },
    ),
    register: fc.option(name, { freq: 2, nil: undefined }),
    ignore: fc.option(fc.constant('true'), { freq: 5, nil: undefined }),
    failedWhen: fc.option(fc.constant('false'), { freq: 6, nil: undefined }),
    changedWhen: fc.option(fc.constant('false'), { freq: 6, nil: undefined }),
    notify: fc.option(fc.constantFrom('first', 'second'), { freq: 3, nil: undefined }),
    until: fc.option(fc.constant('true'), { freq: 9, nil: undefined }),
  })
  .map(({ when, register, ignore, failedWhen, changedWhen, notify, until }) => [
    ...(when === undefined ? [] : [`when: ${quoted(when)}`]),
    ...(register === undefined ? [] : [`register: ${register}`]),
    ...(ignore === undefined ? [] : [`ignore_errors: ${ignore}`]),
    ...(failedWhen === undefined ? [] : [`failed_when: ${failedWhen}`]),
    ...(changedWhen === undefined ? [] : [`changed_when: ${changedWhen}`]),
    ...(notify === undefined ? [] : [`notify: ${notify}`]),
    ...(until === undefined ? [] : [`until: ${until}`]),
  ]);

const plainTask = fc
  .tuple(modules, keywords)
  .map(([module, lines]) => [`- ${module}`, ...lines.map((line) => `  ${line}`)]);

const loopTask = fc
  .subarray(paths, { minLength: 1 })
  .map((items) => [
    '- file.content: { path: "ROOT/<%= item %>", content: "<%= item %>\\n" }',
    `  loop: [${items.join(', ')}]`,
    '  ignore_errors: true',
  ]);

const dependentTask = fc
  .tuple(path, name)
  .map(([at, result]) => [
    `- file.content: { path: ROOT/${at}, content: "<%= get('${result}.stdout', 'nothing') %>\\n" }`,
  ]);

const factTask = fc
  .tuple(name, word)
  .map(([fact, text]) => [`- set_fact: { ${fact}: { stdout: ${text}, changed: true, failed: false } }`]);

const otherTask = fc.constantFrom(
  ['- meta: flush_handlers'],
  ['- fail: { msg: enough }', `  when: has('three')`],
  ['- debug: { msg: "<%= has(\'one\') %>" }'],
);

const simple = fc.oneof(
  { weight: 6, arbitrary: plainTask },
  { weight: 2, arbitrary: factTask },
  loopTask,
  dependentTask,
  otherTask,
);

const section = (keyword: string, tasks: readonly (readonly string[])[]): readonly string[] =>
  tasks.length === 0 ? [] : [`  ${keyword}:`, ...tasks.flatMap((task) => task.map((line) => `    ${line}`))];

/** Up to three deep. */
const { block } = fc.letrec<{ readonly block: readonly string[]; readonly item: readonly string[] }>((tie) => ({
  item: fc.oneof({ maxDepth: 3 }, { weight: 5, arbitrary: simple }, { weight: 1, arbitrary: tie('block') }),
  block: fc
    .record({
      when: fc.option(fc.constantFrom("has('one') && one.changed", "!has('two') || !two.failed", 'true'), {
        freq: 2,
        nil: undefined,
      }),
      passes: fc.constantFrom(0, 1, 1, 2),
      looped: fc.boolean(),
      items: fc.array(tie('item'), { minLength: 1, maxLength: 4 }),
      rescue: fc.array(tie('item'), { maxLength: 2 }),
      always: fc.array(tie('item'), { maxLength: 2 }),
    })
    .map(({ when, passes, looped, items, rescue, always }) => {
      // Each loop of a nest needs a name of its own.
      const inner = [...items, ...rescue, ...always].flat().filter((line) => line.includes('loop_var:')).length;
      const loop = [
        `  loop: [${['a', 'b'].slice(0, passes).join(', ')}]`,
        `  loop_control: { loop_var: pass${inner} }`,
      ];
      return [
        '- name: together',
        ...(when === undefined ? [] : [`  when: ${quoted(when)}`]),
        ...(looped ? loop : []),
        ...section('block', items),
        ...section('rescue', rescue),
        ...section('always', always),
      ];
    }),
}));

/** Tasks that build on each other, undo each other, fail, and meet on the same paths, also by way of links. */
export const randomPlaybook: fc.Arbitrary<PlaybookText> = fc
  .array(fc.oneof({ weight: 8, arbitrary: simple }, { weight: 2, arbitrary: block }), { minLength: 3, maxLength: 14 })
  .map((tasks) =>
    [
      '- hosts: all',
      '  tasks:',
      ...tasks.flatMap((task) => task.map((line) => `    ${line}`)),
      '  handlers:',
      '    - name: first',
      '      shell.command: { script: "echo first >>ROOT/log" }',
      '    - name: second',
      '      file.line: { path: ROOT/log, line: second, create: true }',
      '',
    ].join('\n'),
  );
