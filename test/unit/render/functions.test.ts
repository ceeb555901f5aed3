import { verify } from 'unixcrypt';
import { describe, expect, test } from 'vitest';
import { Secrets } from '../../../src/core/secret.ts';
import { evaluate } from '../../../src/render/expression.ts';
import { scopeFunctions } from '../../../src/render/functions.ts';
import { dataScope, withNames } from '../../../src/render/scope.ts';
import { toldAt } from '../../support/told-at.ts';

const data = { guest: { ssh: { port: 22 }, none: null, 'full name': 'Everest' }, list: [{ a: 1 }], text: 'a\nb\n\nc' };

function give(expression: string, secrets = new Secrets()): unknown {
  const scope = dataScope(data);
  const context = { scope, secrets, environment: { TOKEN: 's3cret-token' } };
  const functions = Object.fromEntries(
    Object.entries(scopeFunctions).map(([name, { create }]) => [name, create(context)]),
  );
  return evaluate(`<%= ${expression} %>`, withNames(scope, functions), () => undefined);
}

describe('an expression can call', () => {
  const cases: [string, unknown][] = [
    ["has('guest')", true],
    ["has('guest.ssh.port')", true],
    ["has('guest.ssh.user')", false],
    ["has('guest.none')", true],
    ["has('guest.none.x')", false],
    ["has('missing.at.all')", false],
    ["has('list[0].a')", true],
    ["has('list[1].a')", false],
    ["has('list.0.a')", true],
    [`has('guest["full name"]')`, true],
    ["has('guest.constructor')", false],
    ["has('guest.ssh.port.x')", false],
    ["get('guest.ssh.port', 1)", 22],
    ["get('guest.ssh.user', 'root')", 'root'],
    ["get('guest.ssh.user', [])", []],
    ["get('guest.ssh')", { port: 22 }],
    ["get('missing', null)", null],
    ['netmask(24)', '255.255.255.0'],
    ["netmask('20')", '255.255.240.0'],
    ['netmask(0)', '0.0.0.0'],
    ['netmask(32)', '255.255.255.255'],
    ["networkOf('192.168.101.77', 24)", '192.168.101.0'],
    ["networkOf('10.255.255.255', 9)", '10.128.0.0'],
    ["base64('ä')", 'w6Q='],
    ["sha256('')", 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['indent(text, 2)', 'a\n  b\n\n  c'],
    ["env('TOKEN')", 's3cret-token'],
    ["list.map(item => has('guest') && item.a)", [1]],
  ];
  test.each(cases)('%s', (expression, value) => {
    expect(give(expression)).toEqual(value);
  });

  const refused: [string, string][] = [
    ['has(guest)', 'PV3013 `has` takes a text'],
    ["has('a b..c')", 'PV3013 `a b..c` is not a path'],
    ["has('')", 'PV3013 `` is not a path'],
    ['netmask(33)', 'PV3013 a prefix length is a whole number from 0 to 32'],
    ["netmask('x')", 'PV3013 a prefix length is a whole number from 0 to 32'],
    ["networkOf('1.2.3', 24)", 'PV3013 `networkOf` takes an IPv4 address: 192.168.101.1'],
    ["networkOf('1.2.3.400', 24)", 'PV3013 `networkOf` takes an IPv4 address: 192.168.101.1'],
    ["env('MISSING')", 'PV3013 the environment has no `MISSING`'],
    ["crypt('x')", 'PV3013 `crypt` takes a text'],
    ["indent('x', -1)", 'PV3013 `indent` takes a number of blanks'],
    ["get('missing')", 'PV3011 the expression gives nothing (undefined)'],
  ];
  test.each(refused)('%s is refused', (expression, expected) => {
    expect(toldAt(() => give(expression))).toBe(expected);
  });
});

describe('crypt', () => {
  test('makes what crypt(3) verifies', () => {
    const made = String(give("crypt('geheim', 'everest')"));
    expect(made).toMatch(/^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
    expect(verify('geheim', made)).toBe(true);
  });
  test('changes with the password and with the name, and with nothing else', () => {
    const made = give("crypt('geheim', 'everest')");
    expect(give("crypt('geheim', 'everest')")).toBe(made);
    expect(give("crypt('geheim', 'lhotse')")).not.toBe(made);
    expect(give("crypt('anders', 'everest')")).not.toBe(made);
  });
});

test('passwords, what is made of them, and the environment are masked from then on', () => {
  const secrets = new Secrets();
  const crypted = give("crypt('geheim', 'everest')", secrets);
  give("env('TOKEN')", secrets);
  expect(secrets.mask(`geheim ${crypted} s3cret-token`)).toBe('******** ******** ********');
});

test('every function says how it is called and what it does', () => {
  for (const [name, { usage, description }] of Object.entries(scopeFunctions)) {
    expect(usage.startsWith(`${name}(`)).toBe(true);
    expect(description).toMatch(/^[A-Z].*\.$/);
  }
});
