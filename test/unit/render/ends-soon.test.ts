import { parse } from 'acorn';
import { expect, test } from 'vitest';
import { endsSoon } from '../../../src/render/ends-soon.ts';

const ends = (code: string): boolean => endsSoon(parse(code, { ecmaVersion: 2023 }));

test.each([
  'a',
  '`${a.b[0]}:${port + 1}`',
  "has('a.b') ? get('a.b', 'c') : 'd'",
  "names.filter((name) => name !== host).map((name) => hostvars[name].ip).join(' ')",
  'for (const guest of guests) { if (guest.ip) { guest.name } }',
  'for (const a of list) for (const b of a.list) b',
  'const { a, b: [c] } = guest; a + c',
])('surely: %s', (code) => expect(ends(code)).toBe(true));

test.each([
  'for (;;) {}',
  'while (true) {}',
  'do {} while (true)',
  'for (const a of list) for (const b of list) for (const c of list) c',
  'list.map((a) => list.map((b) => list.map((c) => c)))',
  'const f = (n) => f(n - 1) + f(n - 2); f(50)',
  '((f) => f(f))((f) => f(f))',
  '({ map: () => 1 }).map()',
  '({ get map() { return 1 } })',
  'const map = Array; map(4294967295)',
  'list.map((values) => values(1))',
  '[].fill.call(list)',
  "Array(4294967295).join('')",
  "new Array(4294967295).join('')",
  "'a'.repeat(1000000000)",
  '/(a+)+$/.test(text)',
  "text.match('(a+)+$')",
  '10n ** 1000000000n',
  "list['map']((a) => a)",
  '[...list, ...list]',
  "let text = 'a'; for (const a of list) text = text + text",
  'JSON.stringify(hostvars)',
  'crypt(password, host)',
  'list.map(function (a) { return a; })',
])('in doubt not: %s', (code) => expect(ends(code)).toBe(false));
