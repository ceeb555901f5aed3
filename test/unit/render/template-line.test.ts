import { expect, it } from 'vitest';
import { dataScope } from '../../../src/render/scope.ts';
import { renderTemplate } from '../../../src/render/template.ts';
import { templateLine } from '../../../src/render/template-line.ts';

const scope = dataScope({ names: ['a', 'b'], none: [] });

/** Each line of the text with the number of the line that made it. */
function numbered(text: string): string[] {
  const source = { name: 'x.conf.ejs', text };
  const lines = renderTemplate(source, scope).split('\n');
  return lines.map((line, index) => `${templateLine(source, scope, index + 1)} ${line}`);
}

it.each([
  ['text alone', 'one\ntwo\n', ['1 one', '2 two', '3 ']],
  [
    'loops',
    'x\n<% for (const n of names) { -%>\n  host <%= n %>;\n<% } -%>\nend',
    ['1 x', '3   host a;', '3   host b;', '5 end'],
  ],
  ['a line that a tag begins', '<%= names[0] %> x\n<%= names[1] %>\n', ['1 a x', '2 b', '3 ']],
  ['lines that become one', 'a <% if (true) { -%>\nb<% } -%>\n c', ['1 a b c']],
  ['a tag of several lines', '<%\nconst x = 1;\n-%>\nx <%= x %>', ['4 x 1']],
  ['an empty loop', 'a\n<% for (const n of none) { %>\nb <%= n %>\n<% } %>\nc', ['1 a', '2 ', '5 c']],
])('%s', (_what, template, expected) => {
  expect(numbered(template)).toEqual(expected);
});

it('has no answer for a line that the text does not have', () => {
  expect(templateLine({ name: 'x.conf.ejs', text: 'one' }, scope, 9)).toBeUndefined();
});
