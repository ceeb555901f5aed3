import { expect, test } from 'vitest';
import { Secrets } from '../../../src/core/secret.ts';
import { evaluate } from '../../../src/render/expression.ts';
import { scopeFunctions } from '../../../src/render/functions.ts';
import { dataScope, type Scope } from '../../../src/render/scope.ts';
import { renderTemplate } from '../../../src/render/template.ts';

const password = 'Tr0ub4dor&3 "x"';
const data = {
  password,
  site: { user: 'tuna', host: 'alfa.example.org', keys: ['one', password] },
  guests: [
    { name: 'everest', password },
    { name: 'k2', password: 'another-pass' },
  ],
};

function scopeOf(secrets: Secrets): Scope {
  const scope = { ...dataScope(data), secrets };
  const context = { scope, secrets, environment: { API_KEY: 'k-12345678', HOME: '/home/tuna' } };
  const functions = Object.entries(scopeFunctions).map(([name, { create }]) => [name, create(context)] as const);
  return { ...dataScope({ ...data, ...Object.fromEntries(functions) }), secrets };
}

function knowing(): Secrets {
  const secrets = new Secrets();
  secrets.add(password);
  secrets.add('another-pass');
  return secrets;
}

/** Nothing of the result but what stands here in the clear is shown. */
test.each([
  ['<%= password %>', '********'],
  ['<%= site.user + ":" + password + "@" + site.host %>', 'tuna:********@alfa.example.org'],
  ['<%= `${site.user}:${password}` %>', 'tuna:********'],
  ['<%= JSON.stringify({ password }) %>', '{"password":"********"}'],
  ['<%= JSON.stringify(JSON.stringify({ password })) %>', '"{\\"password\\":\\"********\\"}"'],
  ['<%= encodeURIComponent(password) %>', '********'],
  ['<%= site.keys.join(",") %>', 'one,********'],
  ['<%= guests.map((guest) => guest.name + "=" + guest.password).join(" ") %>', 'everest=******** k2=********'],
  ['<%= base64(site.user + ":" + password) %>', '********'],
  ['<%= base64(password) %>', '********'],
  ['<%= sha256(password) %>', '********'],
  ['<%= sha256(password.toUpperCase()) %>', '********'],
  ['<%= password.toUpperCase() %>', '********'],
  ['<%= [...password].reverse().join("") %>', '********'],
  ['<%= password.slice(0, 8) %>', '********'],
  ['<%= [...password].map((letter) => letter.charCodeAt(0)).join(",") %>', '********'],
  ['<%= crypt(password, "everest") %>', '********'],
  ["<%= env('API_KEY') %>", '********'],
  ["<%= env('API_KEY').split('').reverse().join('') %>", '********'],
])('what %s gives is a secret', (text, shown) => {
  const secrets = knowing();
  const value = evaluate(text, scopeOf(secrets), () => undefined);
  expect(secrets.mask(String(value))).toBe(shown);
});

test.each([
  ['<%= password ? "given" : "missing" %>', 'given'],
  ['<%= password !== "" ? site.host : "" %>', 'alfa.example.org'],
  ['<%= guests.filter((guest) => guest.password).map((guest) => guest.name).join("-") %>', 'everest-k2'],
  ['<%= password.length %>', 15],
  ["<%= env('HOME', { secret: false }) %>", '/home/tuna'],
])('what %s gives is none', (text, shown) => {
  const secrets = knowing();
  const value = evaluate(text, scopeOf(secrets), () => undefined);
  expect(value).toBe(shown);
  expect(secrets.holds(String(value))).toBe(false);
});

test('a template hides what it makes of secrets, and nothing else', () => {
  const secrets = knowing();
  const text = `<% for (const { name, password } of guests) { -%>
<%= name %>.<%= site.host %> <%= password.toLowerCase() %>
<% } -%>
`;
  const rendered = renderTemplate({ name: 'users.conf.ejs', text }, scopeOf(secrets));
  expect(rendered).toContain(password.toLowerCase());
  expect(secrets.mask(rendered)).toBe('everest.alfa.example.org ********\nk2.alfa.example.org ********\n');
});
