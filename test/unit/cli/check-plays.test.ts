import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../../src/cli/load-project.ts';
import { everything, type Selection } from '../../../src/cli/project.ts';
import { createFolder } from '../../support/command.ts';
import { told } from '../../support/told.ts';

const inventory = `
web:
  hosts:
    alfa: { port: 80 }
    beta: {}
`;

interface Case {
  readonly tasks: string;
  readonly play?: string;
  readonly template?: string;
  readonly selection?: Selection;
  readonly extra?: readonly string[];
}

/** What is told of a play on `web` with these tasks, without the helps. */
function mistakes({ tasks, play = '', template = '', selection = everything, extra = [] }: Case): string[] {
  const playbook = `- hosts: web\n  ${play.replaceAll('\n', '\n  ')}\n  tasks:\n    ${tasks.trim().replaceAll('\n', '\n    ')}\n`;
  const { folder, remove } = createFolder({
    'hosts.yml': inventory,
    'playbooks/p.yml': playbook,
    'templates/there.txt.ejs': template,
  });
  const files = {
    playbooks: [join(folder, 'playbooks/p.yml')],
    inventory: join(folder, 'hosts.yml'),
    extraVars: extra,
  };
  const texts = told(() => loadProject(files, selection)).map((text) => text.replace(/ \(.*\)$/s, ''));
  remove();
  return texts;
}

const write = (content: string): string => `- file.content: { path: /x, content: ${content} }`;
const undefinedPort = ['PV3001 `port` is not defined'];

describe('a name that some host does not have', () => {
  it('is told before any connection', () => {
    expect(mistakes({ tasks: write('"<%= port %>"') })).toEqual(undefinedPort);
  });

  it('is no mistake when that host is outside the limit', () => {
    expect(mistakes({ tasks: write('"<%= port %>"'), selection: { ...everything, limit: 'alfa' } })).toEqual([]);
  });

  it('is no mistake in a task that is not selected', () => {
    const tasks = `${write('"<%= port %>"')}\n  tags: [rare]`;
    expect(mistakes({ tasks, selection: { ...everything, skipTags: ['rare'] } })).toEqual([]);
    expect(mistakes({ tasks, selection: { ...everything, tags: ['rare'] } })).toEqual(undefinedPort);
  });

  it('is no mistake when it may be asked for', () => {
    expect(mistakes({ tasks: write(`"<%= get('port', 80) %>"`) })).toEqual([]);
    expect(mistakes({ tasks: `${write('"<%= port %>"')}\n  when: has('port')` })).toEqual([]);
  });

  it('is a mistake in a condition too', () => {
    expect(mistakes({ tasks: `${write('x')}\n  when: port > 80` })).toEqual(undefinedPort);
  });

  it.each([
    ['the play', { play: 'vars: { port: 1 }' }],
    ['a prompt', { play: 'vars_prompt:\n  - { name: port, prompt: Port }' }],
    ['the command line', { extra: ['port=1'] }],
  ])('may come from %s', (_where, rest) => {
    expect(mistakes({ tasks: write('"<%= port %>"'), ...rest })).toEqual([]);
  });

  it('may be registered by a task', () => {
    const tasks = `- shell.command: { argv: [id] }\n  register: port\n${write('"<%= port.stdout %>"')}`;
    expect(mistakes({ tasks })).toEqual([]);
  });

  it('may be `item`, but only in a loop', () => {
    expect(mistakes({ tasks: `${write('"<%= item %>"')}\n  loop: [a]` })).toEqual([]);
    expect(mistakes({ tasks: write('"<%= item %>"') })).toEqual(['PV3001 `item` is not defined']);
  });
});

describe('templates', () => {
  const tasks = '- file.template: { path: /x, template: there.txt.ejs }';

  it('that are missing are told', () => {
    expect(mistakes({ tasks: tasks.replace('there', 'nowhere') })).toEqual([
      'PV3101 there is no template `nowhere.txt.ejs`',
    ]);
  });

  it('that use a name which some host does not have are told', () => {
    expect(mistakes({ tasks, template: 'a <%= port %>\n' })).toEqual(undefinedPort);
    expect(mistakes({ tasks, template: "a <% if (has('port')) { %><%= port %><% } %>\n" })).toEqual([]);
  });

  it('that cannot be read are told', () => {
    expect(mistakes({ tasks, template: 'a\n<%= port + %>\n' })).toEqual(['PV3003 the expression ends too early']);
  });
});

it('an unknown limit is told together with the mistakes in the files', () => {
  const selection = { ...everything, limit: 'gamma' };
  expect(mistakes({ tasks: write('"<%= a + %>"'), selection })).toEqual([
    'PV2008 the inventory has no host or group `gamma`',
    'PV3003 the expression ends too early',
  ]);
});
