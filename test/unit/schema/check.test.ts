import { describe, expect, it } from 'vitest';
import type { Path, Span } from '../../../src/core/source.ts';
import { checkArguments, checkTemplated } from '../../../src/schema/check.ts';
import { args, hostPath, type ModuleSchema, oneOf, Type } from '../../../src/schema/schema.ts';

const module: ModuleSchema = {
  name: 'sample.module',
  args: args({
    name: Type.Optional(Type.String()),
    size: Type.Optional(Type.Integer({ minimum: 1 })),
    state: oneOf(['present', 'absent'], { default: 'present' }),
    port: Type.Optional(Type.Union([Type.Integer(), Type.Array(Type.Integer())])),
    when: Type.Optional(Type.Union([Type.Literal('boot'), Type.Literal('login')])),
    owner: Type.Optional(Type.Union([Type.Object({ user: Type.String() }), Type.Object({ group: Type.String() })])),
    nested: Type.Optional(
      args({ retries: Type.Integer({ default: 3 }), hosts: Type.Optional(Type.Array(Type.String())) }),
    ),
    file: Type.Optional(hostPath('where it is')),
    pin: Type.Optional(Type.String({ secret: true })),
  }),
};

const nowhere = () => undefined;

function strictly(values: unknown): string[] {
  return checkArguments(module, values, nowhere).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function loosely(values: unknown): string[] {
  return checkTemplated(module, values, nowhere).map(({ code, message }) => `${code} ${message}`);
}

describe('checkArguments', () => {
  it('fills in defaults, also of nested maps, and leaves what it was given alone', () => {
    const given = { nested: {} };
    expect(checkArguments(module, given, nowhere).values).toEqual({ state: 'present', nested: { retries: 3 } });
    expect(given).toEqual({ nested: {} });
  });

  it('takes nothing at all for no arguments', () => {
    expect(checkArguments(module, null, nowhere)).toEqual({ values: { state: 'present' }, diagnostics: [] });
  });

  it.each<[string, unknown, string[]]>([
    [
      'never turns a text into a number',
      { size: '5' },
      ['PV1205 `size` of sample.module must be a whole number, not text'],
    ],
    [
      'takes no expression that was left over',
      { size: '<%= x %>' },
      ['PV1205 `size` of sample.module must be a whole number, not text'],
    ],
    [
      'names both types where there is a choice',
      { port: 'ssh' },
      ['PV1205 `port` of sample.module must be a whole number or a list, not text'],
    ],
    [
      'goes into the branch that was meant',
      { port: [22, 'ssh'] },
      ['PV1205 `port[1]` of sample.module must be a whole number, not text'],
    ],
    [
      'lists the words of a choice of words',
      { when: 'reboot' },
      ['PV1206 `when` of sample.module cannot be `reboot`: it is `boot` or `login`'],
    ],
    [
      'wants an absolute path',
      { file: 'etc/motd' },
      ['PV1206 `file` of sample.module must be an absolute path, not `etc/motd`'],
    ],
    [
      'takes no letter that no path can have',
      { file: '/etc/a\0b' },
      ['PV1206 `file` of sample.module cannot be `/etc/a\0b`'],
    ],
    ['tells of null as empty', { name: null }, ['PV1205 `name` of sample.module must be text, not empty']],
    [
      'tells of everything at once',
      { size: 0, state: 'gone', nmae: 'x' },
      [
        'PV1204 sample.module has no argument `nmae`',
        'PV1206 `size` of sample.module must be at least 1',
        'PV1206 `state` of sample.module cannot be `gone`: it is `present` or `absent`',
      ],
    ],
    ['refuses what is no map', 'uptime', ['PV1205 sample.module must be a map, not text']],
    ['tells of one branch only', { owner: {} }, ['PV1203 `owner` of sample.module needs `user`']],
    [
      'takes no key of every object for an argument',
      { constructor: 1 },
      ['PV1204 sample.module has no argument `constructor`'],
    ],
  ])('%s', (_title, values, expected) => {
    expect(strictly(values).sort()).toEqual(expected);
  });

  it('asks where the argument stands: the key of an unknown one, the value of a wrong one', () => {
    const asked: [Path, string | undefined][] = [];
    const locate = (path: Path, part?: 'key' | 'value'): Span | undefined => {
      asked.push([path, part]);
      return undefined;
    };
    const { diagnostics } = checkArguments(module, { nested: { retires: 1 }, size: true }, locate);
    expect(diagnostics.map(({ argument }) => argument)).toEqual([['size'], ['nested', 'retires']]);
    expect(asked).toContainEqual([['nested', 'retires'], 'key']);
    expect(asked).toContainEqual([['size'], undefined]);
  });

  it('shows how to quote a number only where it is written as one', () => {
    const source = { name: 'x.yml', text: 'name: 0644\npin: 1234\n' };
    const spans: Readonly<Record<string, Span>> = {
      name: { source, start: 6, end: 10 },
      pin: { source, start: 16, end: 20 },
    };
    const locate = ([key]: Path, part?: 'key' | 'value') => (part === 'key' ? undefined : spans[String(key)]);
    const { diagnostics } = checkArguments(module, { name: 644, pin: 1234 }, locate);
    expect(diagnostics.map(({ message, help }) => [message, help])).toEqual([
      ['`name` of sample.module needs quotes: YAML reads 0644 as the number 644', 'write name: "0644"'],
      ['`pin` of sample.module needs quotes: YAML reads it as a number', 'write pin: "…"'],
    ]);
    expect(strictly({ name: 644 })).toEqual(['PV1205 `name` of sample.module must be text, not a number']);
  });
});

describe('checkTemplated', () => {
  it.each<[string, unknown, string[]]>([
    [
      'takes an expression for anything',
      { size: '<%= a %>', state: '<%= b %>', port: '<%= c %>', nested: '<%= d %>' },
      [],
    ],
    [
      'takes expressions deep inside',
      { port: ['<%= a %>'], nested: { retries: '<%= b %>', hosts: ['x-<%= c %>'] } },
      [],
    ],
    ['takes an expression with blanks around it', { size: ' <%= a %>\n' }, []],
    [
      'knows that text around an expression makes it text',
      { size: '<%= a %>M' },
      ['PV1205 `size` of sample.module must be a whole number, not text around an expression'],
    ],
    ['takes text around an expression for a text with a pattern', { state: 'pre<%= a %>' }, []],
    [
      'is as strict as ever with the rest',
      { size: 'x', state: '<%= a %>', foo: '<%= b %>' },
      ['PV1204 sample.module has no argument `foo`', 'PV1205 `size` of sample.module must be a whole number, not text'],
    ],
    [
      'finds the mistake beside an expression',
      { port: ['<%= a %>', 'ssh'] },
      ['PV1205 `port[1]` of sample.module must be a whole number, not text'],
    ],
  ])('%s', (_title, values, expected) => {
    expect(loosely(values).sort()).toEqual(expected);
  });
});
