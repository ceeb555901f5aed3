import { describe, expect, test } from 'vitest';
import { ProvisionError } from '../../../src/core/diagnostic.ts';
import type { Span } from '../../../src/core/source.ts';
import {
  checkCondition,
  checkExpressions,
  checkNames,
  evaluate,
  namesUsed,
  testCondition,
} from '../../../src/render/expression.ts';
import { dataScope } from '../../../src/render/scope.ts';
import { toldAt } from '../../support/told-at.ts';

const scope = dataScope({
  ip: '192.168.101.100',
  port: 10022,
  enabled: true,
  nothing: null,
  packages: ['vim', 'sudo'],
  guest: { memory: 4096, ssh: { port: 22 }, 'full name': 'Everest', constructor: 'own' },
  guests: [{ name: 'everest' }, { name: 'lhotse' }],
  output: '<%= ip %>',
});

/** The scalar as it would stand in a file, after `key: `, within double quotes when it has no such quote itself. */
function scalar(text: string): Span {
  const written = text.includes('"') || text.includes('\\') ? `'${text}'` : `"${text}"`;
  return { source: { name: 'p.yml', text: `key: ${written}` }, start: 5, end: 5 + written.length };
}

const give = (text: string) => evaluate(text, scope, () => scalar(text));

describe('a text with tags becomes', () => {
  const cases: [string, unknown][] = [
    ['plain text', 'plain text'],
    ['100 %', '100 %'],
    ['<%= ip %>:22', '192.168.101.100:22'],
    ['<%= ip %>:<%= port %>', '192.168.101.100:10022'],
    ['<%= port %>', 10022],
    ['<%= port; %>', 10022],
    ['<%= port // the forwarded one\n%>', 10022],
    [' <%= port %>', ' 10022'],
    ['<%= enabled %>', true],
    ['is <%= enabled %>', 'is true'],
    ['<%= nothing %>', null],
    ['<%= packages %>', ['vim', 'sudo']],
    ['<%= guest.ssh %>', { port: 22 }],
    ['<%= [...packages, "git"] %>', ['vim', 'sudo', 'git']],
    ['<%= { ...guest.ssh, user: "tuna" } %>', { port: 22, user: 'tuna' }],
    ['<%= guests.map(g => g.name).join(" ") %>', 'everest lhotse'],
    ['<%= guests.filter(({ name }) => name.startsWith("l")).length %>', 1],
    ['<% for (const name of packages) { %>+<%= name %><% } %>', '+vim+sudo'],
    ['<% packages.forEach((name, index) => { %><%= index %><%= name %> <% }) %>', '0vim 1sudo '],
    ['<%# a comment %>x', 'x'],
    ['<%% kept %>', '<% kept %>'],
    ['<%= JSON.stringify(guests) %>', '[{"name":"everest"},{"name":"lhotse"}]'],
    ['<%= Object.keys(guest.ssh) %>', ['port']],
    ['<%= Object.entries(guest.ssh) %>', [['port', 22]]],
    ['<%= Object.fromEntries(guests.map(g => [g.name, 1])) %>', { everest: 1, lhotse: 1 }],
    ['<%= Array.isArray(packages) %>', true],
    ['<%= packages instanceof Array %>', true],
    ['<%= "memory" in guest && !("memroy" in guest) %>', true],
    ['<%= guest.hasOwnProperty("memory") %>', true],
    ['<%= guest["full name"] %>', 'Everest'],
    ['<%= guest.constructor %>', 'own'],
    ['<%= packages.concat(packages).length %>', 4],
    ['<%= packages.includes("vim") %>', true],
    ['<%= packages.toSorted().at(0) %>', 'sudo'],
    ['<%= [...packages].sort() %>', ['sudo', 'vim']],
    ['<%= packages.toReversed().join() %>', 'sudo,vim'],
    ['<%= guests[0] === guests[0] %>', true],
    ['<%= [...new Set([...packages, "vim"])] %>', ['vim', 'sudo']],
    ['<%= Math.max(port, 2) + Number("1") %>', 10023],
    ['<%= (({ memory, ...rest }) => rest.ssh)(guest) %>', { port: 22 }],
    ['<% let n = 0; for (const g of guests) n += g.name.length %><%= n %>', '13'],
    ['<% function twice(x) { return x + x } %><%= twice(ip.length) %>', '30'],
    ['<%= nothing ?? "none" %>', 'none'],
    ['<%= `${ip}/24` %>', '192.168.101.100/24'],
    ['<%= output %>', '<%= ip %>'],
  ];
  test.each(cases)('%s', (text, value) => {
    expect(give(text)).toEqual(value);
  });

  test('plain data of the process, not a view of the variables', () => {
    const value = give('<%= guest.ssh %>') as Record<string, unknown>;
    value.port = 23;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(give('<%= guest.ssh.port %>')).toBe(22);
  });

  test('maps and lists are evaluated at every depth', () => {
    const value = { a: ['<%= port %>', { b: 'x<%= port %>' }], c: 7, d: null };
    expect(evaluate(value, scope, () => undefined)).toEqual({ a: [10022, { b: 'x10022' }], c: 7, d: null });
  });
});

describe('a mistake in a text is told with its exact place', () => {
  const cases: [string, string][] = [
    ['a <%= ipp %>', 'PV3001 p.yml:1:13 [ipp] `ipp` is not defined'],
    ['<%= ipp %>', 'PV3001 p.yml:1:11 [ipp] `ipp` is not defined'],
    ['<%= ipp?.x ?? "x" %>', 'PV3001 p.yml:1:11 [ipp] `ipp` is not defined'],
    ['<%= typeof ipp %>', 'PV3001 p.yml:1:18 [ipp] `ipp` is not defined'],
    ['<%= guest.memroy %>', 'PV3002 p.yml:1:17 [memroy] `guest.memroy` is not defined'],
    ['<%= guest.ssh.user %>', 'PV3002 p.yml:1:21 [user] `guest.ssh.user` is not defined'],
    ['<%= guest.ssh?.user %>', 'PV3002 p.yml:1:22 [user] `guest.ssh.user` is not defined'],
    ['<%= guest.toString() %>', 'PV3002 p.yml:1:17 [toString] `guest.toString` is not defined'],
    ['<%= guests.map(g => g.nme) %>', 'PV3002 p.yml:1:29 [nme] `guests[0].nme` is not defined'],
    [
      '<% for (const g of guests) { %><%= g.name %>: <%= g.ip %><% } %>',
      'PV3002 p.yml:1:59 [ip] `guests[0].ip` is not defined',
    ],
    ['<%= (({ nme }) => nme)(guests[1]) %>', 'PV3002 p.yml:1:15 [nme] `guests[1].nme` is not defined'],
    ['<%= packages[2] %>', 'PV3002 p.yml:1:20 [2] `packages[2]` is not defined'],
    ['<%= packages.lenght %>', 'PV3002 p.yml:1:20 [lenght] `packages.lenght` is not defined'],
    ['<%= nothing.x %>', "PV3007 p.yml:1:19 [x] the expression failed: Cannot read properties of null (reading 'x')"],
    ['<%= ip.foo() %>', 'PV3007 p.yml:1:14 [foo] the expression failed: ip.foo is not a function'],
    ['a <%= packages %>', 'PV3006 p.yml:1:9 [<%= packages %>] the tag gives a list, which is no text'],
    ['a <%= guest %>', 'PV3006 p.yml:1:9 [<%= guest %>] the tag gives a map, which is no text'],
    ['a <%= nothing %>', 'PV3006 p.yml:1:9 [<%= nothing %>] the tag gives null, which is no text'],
    ['<%= ip %><%= port %> <%= guest %>', 'PV3006 p.yml:1:28 [<%= guest %>] the tag gives a map, which is no text'],
    ['a <%= ip, port %>', 'PV3006 p.yml:1:9 [<%= ip, port %>] a tag prints one value'],
    ['a <%= port / 0 %>', 'PV3006 p.yml:1:9 [<%= port / 0 %>] the tag gives Infinity, which is no text'],
    [
      '<%= `${packages}` %>',
      'PV3006 p.yml:1:7 [<%= `${packages}` %>] `packages` is a list and cannot be used as text or number',
    ],
    ['<%= port * ip %>', 'PV3011 p.yml:1:7 [<%= port * ip %>] the expression gives NaN'],
    [
      '<%= guests.find(g => !g.name) %>',
      'PV3011 p.yml:1:7 [<%= guests.find(g => !g.name) %>] the expression gives nothing (undefined)',
    ],
    [
      '<%= [1, x => x] %>',
      'PV3011 p.yml:1:7 [<%= [1, x => x] %>] the expression[1] gives a function, which is no data',
    ],
    ['<%= new Date(0) %>', 'PV3011 p.yml:1:7 [<%= new Date(0) %>] the expression gives a Date, which is no data'],
    ['<%= a b %>', 'PV3003 p.yml:1:13 [b] `b` is not expected here'],
    ['<%= ip + %>', 'PV3003 p.yml:1:15 [ ] the expression ends too early'],
    [
      '<%= a b %>, <%= c d %>',
      'PV3003 p.yml:1:13 [b] `b` is not expected here\nPV3003 p.yml:1:25 [d] `d` is not expected here',
    ],
    ['<%= "x %>', 'PV3003 p.yml:1:11 ["] unterminated string constant'],
    ['<%=%>', 'PV3003 p.yml:1:7 [<%=%>] the tag is empty'],
    ['<%= ip', 'PV3003 p.yml:1:7 [<%=] `<%=` is never closed'],
    ['<%= ip <%= port %>', 'PV3003 p.yml:1:7 [<%=] `<%=` is not closed before `<%=`'],
    ['x %> <%= ip %>', 'PV3003 p.yml:1:9 [%>] `%>` closes no tag'],
    ['<% if (enabled) { %>x', 'PV3003 p.yml:1:7 [<% if (enabled) { %>] a block is still open where the text ends'],
    ['<%- ip %>', 'PV3012 p.yml:1:7 [<%-] `<%-` is not allowed'],
    ['<%= ip = 1 %>', 'PV3009 p.yml:1:11 [ip] `ip` cannot be assigned to'],
    ['<% port++ %>', 'PV3009 p.yml:1:10 [port] `port` cannot be assigned to'],
    [
      '<%= guest.ssh.port = 1 %>',
      'PV3009 p.yml:1:7 [<%= guest.ssh.port = 1 %>] `guest.ssh` cannot be changed by an expression',
    ],
    ['<%= packages.push("x") %>', 'PV3009 p.yml:1:20 [push] `packages` cannot be changed by an expression'],
    ['<%= packages.sort() %>', 'PV3009 p.yml:1:20 [sort] `packages` cannot be changed by an expression'],
    ['<% var x = 1 %>', 'PV3004 p.yml:1:10 [var x = 1] `var` is not allowed in an expression'],
    ['<% try { ipp } catch {} %>', 'PV3004 p.yml:1:10 [try { ipp } catch {}] `try` is not allowed in an expression'],
  ];
  test.each(cases)('%s', (text, expected) => {
    expect(toldAt(() => give(text))).toBe(expected);
  });

  test('the nearest names are told, and where to define one', () => {
    const place = { ...scope, whereToDefine: 'hosts.yml under host alfa, or in the vars of the play' };
    const details = (text: string) => {
      try {
        return evaluate(text, place, () => undefined);
      } catch (error) {
        const { label, help } = (error as ProvisionError).diagnostics[0];
        return { label, help };
      }
    };
    expect(details('<%= gest %>')).toEqual({
      label: 'did you mean `guest`?',
      help:
        'define it in hosts.yml under host alfa, or in the vars of the play; ' +
        "what may be missing is asked for with `has('gest')` or `get('gest', default)`",
    });
    expect(details('<%= guest.ssh.prot %>')).toEqual({
      label: 'did you mean `port`?',
      help:
        '`guest.ssh` has: port; ' +
        "what may be missing is asked for with `has('guest.ssh.prot')` or `get('guest.ssh.prot', default)`",
    });
  });

  test('all mistakes of a value are told together', () => {
    const source = { name: 'p.yml', text: 'a: <%= one %>\nb: <%= two %>\n' };
    const spans: Record<string, Span> = { a: { source, start: 3, end: 13 }, b: { source, start: 17, end: 27 } };
    const value = { a: '<%= one %>', b: '<%= two %>' };
    expect(toldAt(() => evaluate(value, scope, ([key]) => spans[String(key)]))).toBe(
      'PV3001 p.yml:1:8 [one] `one` is not defined\nPV3001 p.yml:2:8 [two] `two` is not defined',
    );
  });

  test('in a block scalar, the place is found through its indentation', () => {
    const written = 'key: |\n    address <%= ip %>\n    memory <%= guest.memroy %>\n';
    const at = { source: { name: 'p.yml', text: written }, start: 5, end: written.length };
    const text = 'address <%= ip %>\nmemory <%= guest.memroy %>\n';
    expect(toldAt(() => evaluate(text, scope, () => at))).toBe(
      'PV3002 p.yml:3:22 [memroy] `guest.memroy` is not defined',
    );
  });

  test('of two equal tags, the second is marked when only it fails', () => {
    const text = '<% let n = 0; const f = () => { if (n++) ipp; return 1 } %><%= f() %> <%= f() %>';
    expect(toldAt(() => give(text))).toContain('[ipp]');
    const same = '<% const l = [1]; %><%= l.pop() %> <%= l.pop() %>';
    expect(toldAt(() => give(same))).toBe(
      'PV3006 p.yml:1:42 [<%= l.pop() %>] the tag gives nothing (undefined), which is no text',
    );
  });
});

describe('an expression reaches nothing but its scope', () => {
  const escapes: [string, string][] = [
    ['process.exit()', '`process` is not defined'],
    ['require("fs")', '`require` is not defined'],
    ['globalThis', '`globalThis` is not defined'],
    ['global.process', '`global` is not defined'],
    ['Function("return 1")()', '`Function` is not defined'],
    ['eval("1")', '`eval` is not defined'],
    ['Promise.resolve()', '`Promise` is not defined'],
    ['setTimeout(() => 1)', '`setTimeout` is not defined'],
    ['__enter()', '`__enter` is not defined'],
    ['console.log(1)', '`console` is not defined'],
    ['arguments', '`arguments` is not defined'],
    ["''.constructor.constructor('return process')()", 'Code generation from strings disallowed'],
    ["Object.constructor('return process')()", 'Code generation from strings disallowed'],
    ["packages.constructor.constructor('return process')()", 'Code generation from strings disallowed'],
    ["packages.map.constructor('return process')()", 'Code generation from strings disallowed'],
    ["guest.hasOwnProperty.constructor('return process')()", 'Code generation from strings disallowed'],
    ["help.constructor('return process')()", 'Code generation from strings disallowed'],
    ["help('x').constructor.constructor('return process')()", 'Code generation from strings disallowed'],
    ["Object.getOwnPropertyDescriptor(lazy, 'value').get.constructor('return process')()", 'Code generation from'],
    ["(function* () {}).constructor('yield process')().next()", 'Code generation from strings disallowed'],
    ['guest.__proto__', '`guest.__proto__` is not defined'],
    ['import("node:fs")', '`import` or `new.target` is not allowed'],
    ['import/**/("node:fs")', '`import` or `new.target` is not allowed'],
    ['(function () { return this })()', '`this` is not allowed'],
    ['(async () => 1)()', 'an `async` function is not allowed'],
    ['(() => { try { null.x } catch (e) { return e } })()', '`try` is not allowed'],
    ['(() => { with (guest) { return 1 } })()', '`with` is not allowed'],
    ['escapeFn', '`escapeFn` is not available'],
    ['__locals', '`__locals` is not available'],
    ['include("x")', '`include` is not available'],
    ['Object.setPrototypeOf(guest, null)', '`guest` cannot be changed'],
    ['Object.defineProperty(guest, "x", { value: 1 })', '`guest` cannot be changed'],
    ['Object.freeze(packages)', '`packages` cannot be changed'],
    ['delete guest.memory', '`guest` cannot be changed'],
    ['1) } }); ((function () { { {(1', 'PV3003'],
  ];
  const lazy = Object.defineProperty({}, 'value', { get: () => 1, enumerable: true });
  const reachable = { ...scope, ...dataScope({ guest: { memory: 1 }, packages: ['x'], lazy, help: () => ['x'] }) };
  test.each(escapes)('%s', (code, expected) => {
    const text = `<%= ${code} %>`;
    expect(toldAt(() => evaluate(text, reachable, () => undefined))).toContain(expected);
  });

  test('one expression cannot change the world of the next', () => {
    give('<% Array.prototype.map = () => "mine"; Object.prototype.x = 1; Math.max = 3 %>');
    expect(give('<%= [1].map(x => x + 1) %>')).toEqual([2]);
    expect(toldAt(() => give('<%= guest.x %>'))).toContain('not defined');
    expect(give('<%= Math.max(1, 2) %>')).toBe(2);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('closing the block around the code of a template leads nowhere', () => {
    expect(toldAt(() => give('<% } { %><%= process %>'))).not.toContain('no error');
    expect(toldAt(() => give('<% } } return process; { { %>'))).not.toContain('no error');
  });

  test('an expression that does not end is ended, at the place of the innermost one', () => {
    const text = '<%= (() => { for (;;) {} })() %>';
    expect(toldAt(() => give(text))).toBe(`PV3008 p.yml:1:7 [${text}] the expression does not end: stopped after 2 s`);
    expect(give('<%= port %>')).toBe(10022);
  });

  test('endless recursion is an error as any other', () => {
    expect(toldAt(() => give('<% const f = () => f() + 1 %><%= f() %>'))).toContain('PV3007');
    expect(give('<%= port %>')).toBe(10022);
  });
});

describe('a condition', () => {
  const holds: [string | boolean, boolean][] = [
    [true, true],
    [false, false],
    ['port == 10022', true],
    ["ip === 'x' || enabled", true],
    ['!enabled', false],
    ["packages.some((name) => name === 'git')", false],
    ["'memory' in guest // why not", true],
  ];
  test.each(holds)('%s is %s', (text, value) => {
    expect(testCondition(text, scope)).toBe(value);
  });

  const fails: [string, string][] = [
    ['port', 'PV3005 p.yml:1:7 [port] the condition gives 10022 (a number), not true or false'],
    ['ip', 'PV3005 p.yml:1:7 [ip] the condition gives "192.168.101.100" (a text), not true or false'],
    ['packages', 'PV3005 p.yml:1:7 [packages] the condition gives a list, not true or false'],
    ['nothing', 'PV3005 p.yml:1:7 [nothing] the condition gives null, not true or false'],
    ['enabled && ipp', 'PV3001 p.yml:1:18 [ipp] `ipp` is not defined'],
    ['guest.memroy > 1', 'PV3002 p.yml:1:13 [memroy] `guest.memroy` is not defined'],
    ["ip is 'x'", 'PV3003 p.yml:1:10 [i] `i` is not expected here'],
    ['ip ==', 'PV3003 p.yml:1:11 [=] the expression ends too early'],
    ['', 'PV3003 p.yml:1:6 [""] the condition is empty'],
    ['port = 1', 'PV3009 p.yml:1:7 [port] `port` cannot be assigned to'],
    ['<%= enabled %>', 'PV3003 p.yml:1:7 [<%] a condition is an expression itself and takes no `<% %>`'],
  ];
  test.each(fails)('%s is a mistake', (text, expected) => {
    expect(toldAt(() => testCondition(text, scope, scalar(text)))).toBe(expected);
  });
});

describe('without a scope', () => {
  const messages = (found: readonly { readonly message: string }[]) => found.map(({ message }) => message);

  test('mistakes of syntax are found in every text and key of a value', () => {
    const value = { a: ['<%= 1 + %>', '<%- x %>'], 'b<%= x %>': 'fine <%= x %>', c: 1 };
    expect(messages(checkExpressions(value, () => undefined))).toEqual([
      'the expression ends too early',
      '`<%-` is not allowed',
      'a key takes no expression',
    ]);
  });

  test('and in conditions', () => {
    expect(messages(checkCondition('a &&'))).toEqual(['the expression ends too early']);
    expect(checkCondition('a && b')).toEqual([]);
    expect(checkCondition(true)).toEqual([]);
  });

  const used: [string, 'value' | 'condition' | 'template', string[]][] = [
    ['no names', 'value', []],
    ['<%= a %> <%= b.c.d %>', 'value', ['a', 'b']],
    ['<% for (const x of list) { %><%= x + y %><% } %>', 'template', ['list', 'y']],
    ['<% list.forEach(({ a, b: [c] }) => { %><%= a + c + b %><% }) %>', 'template', ['list', 'b']],
    ['<%= ({ a, b: c, [d]: 1 }).e %>', 'value', ['a', 'c', 'd']],
    ['<%= Math.max(a, JSON.stringify(b).length) %>', 'value', ['a', 'b']],
    ["has('x.y') && x.y == z", 'condition', ['has', 'z']],
    ["get('x', 1) == 2", 'condition', ['get']],
    ['a => a == b', 'condition', ['b']],
    ['<% const f = (n = m) => n; %><%= f() %>', 'template', ['m']],
  ];
  test.each(used)('%s (a %s) uses %j', (text, form, names) => {
    expect([...namesUsed(text, form)]).toEqual(names);
  });

  test('names that nobody defines are told with their places', () => {
    const value = ['<%= ip %> <%= gues.memory %>', "<%= has('x') && x %>"];
    const found = checkNames(value, { ...scope, has: (name) => name === 'has' || scope.has(name) }, ([index]) => {
      return scalar(value[Number(index)] ?? '');
    });
    const [first, ...others] = found;
    expect(others).toEqual([]);
    expect(
      toldAt(() => {
        throw new ProvisionError(first as NonNullable<typeof first>);
      }),
    ).toBe('PV3001 p.yml:1:21 [gues] `gues` is not defined');
  });

  const unsure = [
    '<%= enabled ? ip : missing %>',
    '<%= enabled && missing %>',
    '<%= nothing ?? missing %>',
    '<% if (enabled) { %><%= missing %><% } else { %><%= missing %><% } %>',
    "<%= has('missing') %><%= missing %>",
  ];
  test.each(unsure)('a name that may never be looked up is left to the run: %s', (text) => {
    const known = { ...scope, has: (name: string) => name === 'has' || scope.has(name) };
    expect(checkNames(text, known, () => undefined)).toEqual([]);
  });
});
