import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { dataScope } from '../../../src/render/scope.ts';
import { checkTemplate, checkTemplateNames, renderTemplate } from '../../../src/render/template.ts';
import { toldAt } from '../../support/told-at.ts';

const render = (name: string, text: string, data: Readonly<Record<string, unknown>> = {}) =>
  renderTemplate({ name, text }, dataScope(data));

const tell = (name: string, text: string, data: Readonly<Record<string, unknown>> = {}) =>
  toldAt(() => render(name, text, data));

const hostile = `<a href="x">&amp; 'q' $(rm -rf /) \`id\` $HOME \\ ; | * ~ #`;

describe('whitespace and control flow are those of EJS', () => {
  const cases: [string, string, string][] = [
    [
      'a list, one line for each',
      '<% for (const name of names) { -%>\nhost <%= name %>\n<% } -%>\nend\n',
      'host a\nhost b\nend\n',
    ],
    ['tags that take the blanks around them', '  <%_ if (names.length) { _%>  \nyes\n  <%_ } _%>  \n', 'yes\n'],
    ['a comment', 'a<%# nothing to see %>b', 'ab'],
    ['the two characters themselves', '<%% x %%>', '<% x %>'],
    ['else', '<% if (names.length > 5) { %>many<% } else { %>few<% } %>', 'few'],
    ['no tag at all', 'plain\n$HOME <b>\n', 'plain\n$HOME <b>\n'],
    ['a lone tag, which is text in a file', '<%= names.length %>', '2'],
    ['an empty file', '', ''],
  ];
  test.each(cases)('%s', (_title, text, expected) => {
    expect(render('x.conf.ejs', text, { names: ['a', 'b'] })).toBe(expected);
  });
});

describe('XML', () => {
  test('takes any text, in an element and in an attribute', () => {
    expect(render('domain.xml.ejs', '<a b="<%= x %>"><%= x %></a>', { x: `<&>"'` })).toBe(
      '<a b="&lt;&amp;&gt;&quot;&apos;">&lt;&amp;&gt;&quot;&apos;</a>',
    );
  });
  test('keeps line breaks and tabs of an attribute', () => {
    expect(render('d.xml.ejs', '<a b="<%= x %>"/>', { x: 'a\tb\r\nc' })).toBe('<a b="a&#9;b&#13;&#10;c"/>');
  });
  test('takes numbers and booleans as they are', () => {
    expect(render('d.xml.ejs', '<a><%= n %><%= b %></a>', { n: 4096, b: false })).toBe('<a>4096false</a>');
  });
  test('takes letters of every script', () => {
    expect(render('d.xml.ejs', '<a><%= x %></a>', { x: 'Ätna 北京 🗻' })).toBe('<a>Ätna 北京 🗻</a>');
  });
  test('refuses what it cannot hold', () => {
    expect(tell('d.xml.ejs', '<a><%= x %></a>', { x: 'a\u0007' })).toBe(
      'PV3103 d.xml.ejs:1:4 [<%= x %>] the value has a character that XML cannot hold: U+0007',
    );
  });
});

describe('JSON', () => {
  test('takes whole values, quotes included', () => {
    const text = '{ "a": <%= text %>, "b": <%= list %>, "c": <%= n %>, "d": <%= no %> }';
    const made = render('x.json.ejs', text, { text: hostile, list: ['x', { y: 1 }], n: 3, no: null });
    expect(JSON.parse(made)).toEqual({ a: hostile, b: ['x', { y: 1 }], c: 3, d: null });
  });
  test('says when a tag stands within quotes', () => {
    expect(tell('x.json.ejs', '{ "a": "<%= x %>" }', { x: 'y' })).toMatch(/^PV3104 .*does not make JSON/);
  });
});

describe('a shell script', () => {
  const contexts: [string, string][] = [
    ['a word', 'printf %s <%= x %>'],
    ['a part of a word', 'y=<%= x %>; printf %s "$y"'],
    ['double quotes', 'printf %s "<%= x %>"'],
    ['single quotes', "printf %s '<%= x %>'"],
    ['a word in a substitution', 'printf %s "$(printf %s <%= x %>)"'],
    ['quotes in a substitution in quotes', 'printf %s "$(printf %s "<%= x %>")"'],
    ['after a comment with a quote', "# don't\nprintf %s <%= x %>"],
    ['after an escaped quote', 'printf "%s" "\\"" >/dev/null; printf %s <%= x %>'],
    ['a case branch', 'case a in a) printf %s <%= x %> ;; esac'],
    ['a parameter with a pattern', 'y=abc; : "${y#a}"; printf %s "<%= x %>"'],
  ];
  const values = [hostile, "it's", '', 'a b', '$(touch /tmp/owned)', '"; exit 3; "', 'two\nlines', '-n', 'plain', '!x'];
  describe.each(contexts)('%s', (_title, script) => {
    test.each(values)('%j arrives as it is', (value) => {
      const made = render('x.sh.ejs', script, { x: value });
      expect(execFileSync('sh', ['-c', made], { encoding: 'utf8' })).toBe(value);
    });
  });

  const documents: [string, string][] = [
    ['a here-document', 'cat <<END\nx <%= x %>\nEND\n'],
    ['a quoted here-document', "cat <<'END'\nx <%= x %>\nEND\n"],
    ['an indented here-document', 'cat <<-END\n\tx <%= x %>\n\tEND\n'],
    ['the second of two here-documents', 'cat <<A >/dev/null; cat <<"B"\n<%= x %>\nA\nx <%= x %>\nB\n'],
  ];
  describe.each(documents)('%s', (_title, script) => {
    test.each([hostile, 'a b', '$(id)', "it's"])('%j arrives as it is', (value) => {
      const made = render('x.sh.ejs', script, { x: value });
      expect(execFileSync('sh', ['-c', made], { encoding: 'utf8' })).toBe(`x ${value}\n`);
    });
  });

  const refused: [string, string][] = [
    ['# <%= x %>', 'PV3102 x.sh.ejs:1:3 [<%= x %>] the value cannot be written safely here'],
    ['cat <<END\n<%= x %>\nEND', 'PV3102 x.sh.ejs:2:1 [<%= x %>] the value cannot be written safely here'],
    ['echo `echo <%= x %>`', 'PV3102 x.sh.ejs:1:12 [<%= x %>] the value cannot be written safely here'],
    ["echo $'<%= x %>'", 'PV3102 x.sh.ejs:1:8 [<%= x %>] the value cannot be written safely here'],
  ];
  test.each(refused)('%s is refused for a value of two lines', (script, expected) => {
    expect(tell('x.sh.ejs', script, { x: 'two\nlines' })).toBe(expected);
  });

  test('simple words need no quotes', () => {
    expect(render('x.sh.ejs', 'echo <%= x %> `echo <%= y %>`', { x: 'a-b_c.d', y: 22 })).toBe('echo a-b_c.d `echo 22`');
  });
});

describe('a line-based file', () => {
  test.each([
    'preseed.cfg.ejs',
    'dhcpd.conf.ejs',
    'motd.txt.ejs',
    'x.preseed.ejs',
    'unit.service.ejs',
    'noending',
    'x.constructor.ejs',
  ])('%s takes a value as it is, but never a line break', (name) => {
    expect(render(name, 'a <%= x %>', { x: hostile })).toBe(`a ${hostile}`);
    expect(tell(name, 'a\nb <%= x %>', { x: 'c\nd-i evil' })).toBe(
      `PV3102 ${name}:2:3 [<%= x %>] the value has a line break, which would add a line to the file`,
    );
    expect(tell(name, '<%= x %>', { x: 'c\r' })).toContain('PV3102');
  });
});

describe('in every format', () => {
  const names = ['x.xml.ejs', 'x.sh.ejs', 'x.cfg.ejs'];
  test.each(names)('%s: a list, a map, null and nothing are no text', (name) => {
    for (const value of ['[1]', '{ a: 1 }', 'null', 'undefined', 'x => x']) {
      expect(tell(name, `<%= ${value.startsWith('{') ? `(${value})` : value} %>`)).toContain('PV3006');
    }
  });
  test.each(names)('%s: `<%-` and includes are refused with their place', (name) => {
    expect(tell(name, 'a\n<%- x %>', { x: 1 })).toBe(`PV3012 ${name}:2:1 [<%-] \`<%-\` is not allowed`);
    expect(tell(name, "a\n<%- include('y') %>")).toContain('PV3012');
    expect(tell(name, "a\n<%= include('y') %>")).toBe(
      `PV3004 ${name}:2:5 [include] \`include\` is not available in an expression`,
    );
  });
});

describe('a mistake is told with its place in the template', () => {
  const cases: [string, string][] = [
    ['a\n  <%= gest.memory %>\n', 'PV3001 x.cfg.ejs:2:7 [gest] `gest` is not defined'],
    ['a\n<%= guest.name %> <%= guest.memroy %>\n', 'PV3002 x.cfg.ejs:2:29 [memroy] `guest.memroy` is not defined'],
    [
      '<% if (guest.name) { -%>\n\n<%=\n  guest.memroy\n%>\n<% } %>',
      'PV3002 x.cfg.ejs:4:9 [memroy] `guest.memroy` is not defined',
    ],
    ['<% const f = (g) =>\n  g.ip; %>\n<%= f(guest) %>', 'PV3002 x.cfg.ejs:2:5 [ip] `guest.ip` is not defined'],
    ['  <%_ for (const x of 5) { _%>\n<% } %>', 'PV3007 x.cfg.ejs:1:23 [5] the expression failed: 5 is not iterable'],
    ['# don\'t "quote"\n\\ <%= guest.memroy %>', 'PV3002 x.cfg.ejs:2:13 [memroy] `guest.memroy` is not defined'],
    ['a\n<% if (guest) %>\nb\n<% } %>', 'PV3003 x.cfg.ejs:4:4 [}] `}` is not expected here'],
    ['a\n<%= guest.name }} %>\n', 'PV3003 x.cfg.ejs:2:16 [}] `}` is not expected here'],
    [
      '<% for (const x of guest) { %>\n',
      'PV3003 x.cfg.ejs:1:1 [<% for (const x of guest) { %>] a block is still open where the text ends',
    ],
  ];
  test.each(cases)('%j', (text, expected) => {
    expect(tell('x.cfg.ejs', text, { guest: { name: 'everest' } })).toBe(expected);
  });

  test('without a scope, mistakes of syntax are found', () => {
    const source = { name: 'x.cfg.ejs', text: '<%= a b %>\n<%= c %>\n<%= d e %>' };
    expect(checkTemplate(source).map(({ at }) => at?.start)).toEqual([6, 26]);
    expect(checkTemplate({ name: 'x.cfg.ejs', text: 'fine <%= a %>' })).toEqual([]);
  });

  test('names that nobody defines are found without rendering', () => {
    const source = { name: 'x.cfg.ejs', text: "<% if (has('b')) { %><%= b %><% } %>\n<%= a %><%= phase %>" };
    const scope = dataScope({ a: 1, has: () => true });
    expect(checkTemplateNames(source, scope).map(({ message }) => message)).toEqual(['`phase` is not defined']);
  });
});
