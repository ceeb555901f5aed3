import { expect, it } from 'vitest';
import { rigHosts } from '../../../../bench/rig/names.ts';
import { tasks, tasksOf, templates, variables } from '../../../../bench/work/model.ts';
import { ejsText, hostValues, jinjaText, plainText } from '../../../../bench/work/template.ts';
import { dataScope } from '../../../../src/render/scope.ts';
import { renderTemplate } from '../../../../src/render/template.ts';

const pieces = [
  'on ',
  { value: 'server' },
  '\n',
  { workers: [{ value: 'worker.name' }, '\n'] },
  { withTls: ['tls\n'] },
];

it('one template is written in each language', () => {
  expect(ejsText(pieces)).toBe(
    'on <%= server %>\n<% for (const worker of workers) { -%>\n<%= worker.name %>\n<% } -%>\n<% if (tls) { -%>\ntls\n<% } -%>\n',
  );
  expect(jinjaText(pieces)).toBe(
    'on {{ server }}\n{% for worker in workers %}\n{{ worker.name }}\n{% endfor %}\n{% if tls %}\ntls\n{% endif %}\n',
  );
});

it.each([...templates.keys()])('%s renders to what the model says', (name) => {
  const [host] = rigHosts(1);
  const template = templates.get(name) ?? [];
  if (!host) throw new Error('no host');
  const plain = plainText(template, hostValues(host), variables);
  const source = { name: `${name}.ejs`, text: ejsText(template) };
  expect(renderTemplate(source, dataScope({ ...variables, ...hostValues(host) }))).toBe(plain);
  expect(plain).toContain('server_name host1.example.org');
});

it('W1 is 50 tasks of the kinds that it says', () => {
  const kinds = ['directory', 'template', 'line', 'command', 'rule'] as const;
  expect(kinds.map((kind) => tasksOf(kind).length)).toEqual([15, 20, 5, 5, 5]);
  expect(tasks).toHaveLength(50);
});
