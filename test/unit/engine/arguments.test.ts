import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { Secrets } from '../../../src/core/secret.ts';
import { checkTemplates, type Override, renderArguments } from '../../../src/engine/arguments.ts';
import type { Task } from '../../../src/load/playbook.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { defineModule } from '../../../src/modules/module.ts';
import { dataScope } from '../../../src/render/scope.ts';
import { args, Type, templateFile, templateVariants } from '../../../src/schema/schema.ts';
import { alsoToldAt, toldAt } from '../../support/told-at.ts';

const module = defineModule({
  name: 'test.thing',
  description: 'Everything that the engine does to arguments.',
  args: args({
    name: Type.String(),
    size: Type.Optional(Type.Integer()),
    mode: Type.String({ default: '0644' }),
    password: Type.Optional(Type.String({ secret: true })),
    template: Type.Optional(templateFile('a template')),
    domain: Type.Optional(templateVariants(['install', 'installed'], 'a template with variants')),
    seed: Type.Optional(args({ template: templateFile('a template'), key: Type.String({ secret: true }) })),
    users: Type.Optional(Type.Array(args({ name: Type.String(), token: Type.String({ secret: true }) }))),
  }),
  read: async () => undefined,
  plan: () => [],
  examples: [],
});

let folder: string;
let folders: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arguments-'));
  const templates = join(folder, 'templates');
  mkdirSync(templates);
  writeFileSync(join(templates, 'motd.txt.ejs'), 'Welcome to <%= host %>\n');
  writeFileSync(join(templates, 'domain.xml.ejs'), '<domain phase="<%= phase %>"><name><%= host %></name></domain>');
  writeFileSync(join(templates, 'bad.cfg.ejs'), 'fine\n<%= a b %>\n');
  writeFileSync(join(templates, 'latin.cfg.ejs'), Buffer.from('ol\xe9\n', 'latin1'));
  writeFileSync(join(templates, 'lost.cfg.ejs'), 'fine\n<%= hots %>\n');
  folders = [folder, templates];
});

afterAll(() => rmSync(folder, { recursive: true }));

const scope = dataScope({ host: 'a&b', sizes: [5], word: 'geheim' });

function task(text: string): Task {
  const problems = new Problems();
  const document = parseYaml({ name: 'play.yml', text: `test.thing:\n${text.replace(/^/gm, '  ')}` }, problems);
  problems.throwIfAny();
  const values = (document?.value as Record<string, unknown> | undefined)?.['test.thing'];
  return { name: 'a task', module: 'test.thing', args: values, document, path: [] } as unknown as Task;
}

const give = (text: string, secrets = new Secrets()) =>
  renderArguments(task(text), module, scope, { templateFolders: folders, secrets });

describe('arguments', () => {
  test('are evaluated and get their defaults', () => {
    expect(give('name: "<%= host %>!"\nsize: <%= sizes[0] %>')).toEqual({ name: 'a&b!', size: 5, mode: '0644' });
  });

  const mistakes: [string, string][] = [
    ['name: "<%= hots %>"', 'PV3001 play.yml:2:14 [hots] `hots` is not defined'],
    ['name: x\nsiez: 5', 'PV1204 play.yml:3:3 [siez] test.thing has no argument `siez`'],
    ['name: x\ntemplate: lost.cfg.ejs', 'lost.cfg.ejs:2:5 [hots] `hots` is not defined'],
    ['name: x\ntemplate: bad.cfg.ejs', 'bad.cfg.ejs:2:7 [b] `b` is not expected here'],
    ['name: x\ntemplate: latin.cfg.ejs', 'PV1008 play.yml:3:13 [latin.cfg.ejs] '],
    ['name: x\ntemplate: motd.txt', 'PV3101 play.yml:3:13 [motd.txt] there is no template `motd.txt`'],
  ];
  test.each(mistakes)('%j is told', (text, expected) => {
    expect(toldAt(() => give(text))).toContain(expected);
  });

  test('what an expression gives is checked strictly, at its place', () => {
    expect(toldAt(() => give('name: x\nsize: "<%= word %>"'))).toMatch(/^PV12\d\d play\.yml:3:9 /);
    expect(toldAt(() => give('name: "<%= sizes %>"'))).toMatch(/^PV12\d\d play\.yml:2:9 /);
  });
});

describe('a template argument', () => {
  test('becomes the rendered text', () => {
    expect(give('name: x\ntemplate: motd.txt.ejs')).toMatchObject({ template: 'Welcome to a&b\n' });
  });
  test('may be named with its folder, or by an expression', () => {
    expect(give('name: x\ntemplate: templates/motd.txt.ejs')).toMatchObject({ template: 'Welcome to a&b\n' });
    expect(give('name: x\ntemplate: "<%= \'motd\' %>.txt.ejs"')).toMatchObject({ template: 'Welcome to a&b\n' });
  });
  test('with variants becomes a text for each', () => {
    expect(give('name: x\ndomain: domain.xml.ejs')).toMatchObject({
      domain: {
        install: '<domain phase="install"><name>a&amp;b</name></domain>',
        installed: '<domain phase="installed"><name>a&amp;b</name></domain>',
      },
    });
  });
  test('may stand in a map', () => {
    const seed = give('name: x\nseed: { template: motd.txt.ejs, key: abc }').seed;
    expect(seed).toEqual({ template: 'Welcome to a&b\n', key: 'abc' });
  });
  test('that fails is told with the task that asked for it', () => {
    expect(alsoToldAt(() => give('name: x\ntemplate: lost.cfg.ejs'))).toEqual([
      'play.yml:3:13 [lost.cfg.ejs] rendered for this task',
    ]);
  });
});

describe('secret arguments are masked', () => {
  const cases: [string, string, string][] = [
    ['a text', 'name: x\npassword: "<%= word %>"', 'geheim'],
    ['in a map', 'name: x\nseed: { template: motd.txt.ejs, key: hidden-key }', 'hidden-key'],
    ['in a list', 'name: x\nusers: [{ name: y, token: t0ken }]', 't0ken'],
    ['even when the arguments are wrong', 'name: x\nsiez: 1\npassword: geheim', 'geheim'],
  ];
  test.each(cases)('%s', (_title, text, secret) => {
    const secrets = new Secrets();
    toldAt(() => give(text, secrets));
    expect(secrets.mask(secret)).toBe('********');
    expect(secrets.mask('name')).toBe('name');
  });
});

describe('without a host, a task', () => {
  const found = (text: string) =>
    checkTemplates(task(text), module, { folders }).map(({ code, message }) => [code, message]);

  test('whose templates are there and can be read is fine', () => {
    expect(found('name: x\ntemplate: motd.txt.ejs\ndomain: "<%= anything %>"')).toEqual([]);
  });
  test('is told of a template that is missing, with the nearest one and where it was looked for', () => {
    const [missing] = checkTemplates(task('name: x\ntemplate: mtod.txt.ejs'), module, { folders });
    expect(missing).toMatchObject({ code: 'PV3101', label: 'did you mean `motd.txt.ejs`?' });
    expect(missing?.help).toBe(`looked in ${folders.join(', ')}`);
    const [ending] = checkTemplates(task('name: x\ntemplate: motd.txt'), module, { folders });
    expect(ending?.label).toBe('did you mean `motd.txt.ejs`?');
  });
  test('is told of mistakes in a template', () => {
    expect(found('name: x\nseed: { template: bad.cfg.ejs, key: k }')).toEqual([['PV3003', '`b` is not expected here']]);
  });
  test('is told of names in its templates that a host does not have', () => {
    const names = (text: string) => checkTemplates(task(text), module, { folders, scope });
    expect(names('name: x\ntemplate: motd.txt.ejs\ndomain: domain.xml.ejs')).toEqual([]);
    expect(names('name: x\ntemplate: lost.cfg.ejs')).toMatchObject([
      { message: '`hots` is not defined', label: 'did you mean `host`?' },
    ]);
  });
});

test('the command line adds arguments for one run to the tasks that are about a name', () => {
  const taken: string[] = [];
  const order = (over: string, names: readonly string[]): Override => ({
    module: over,
    names,
    args: { mode: '0600' },
    taken: (name) => taken.push(name),
  });
  const overrides = [order('test.thing', ['everest']), order('test.other', ['lhotse'])];
  const given = ['name: everest\nmode: "0640"', 'name: lhotse', 'name: <%= host %>'].map((text) =>
    renderArguments(task(text), module, scope, { templateFolders: folders, secrets: new Secrets(), overrides }),
  );
  expect(given.map(({ mode }) => mode)).toEqual(['0600', '0644', '0644']);
  expect(taken).toEqual(['everest']);
});
