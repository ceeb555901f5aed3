import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { Here, type HereRun } from '../../support/run-here.ts';

let here: Here;
beforeEach(async () => {
  here = await Here.create();
});
afterEach(() => here.remove());

const write = (content: string, host = 'alfa') => `
- hosts: ${host}
  tasks:
    - name: told
      file.content: { path: FOLDER/told, content: '${content}' }
`;

function told(): string {
  return readFileSync(join(here.folder, 'told'), 'utf8');
}

function requestsOf({ events }: HereRun): number {
  const end = events.find((event): event is RunEvent & { event: 'run.end' } => event.event === 'run.end');
  return end?.traffic.alfa?.requests ?? Number.NaN;
}

describe('facts', () => {
  it('say what the host is', async () => {
    expect((await here.run(write('<%= facts.hostname %> <%= facts.kernel %>'))).lines).toEqual(['alfa told changed']);
    expect(told()).toBe(`${hostname()} ${release()}`);
  });

  it('are asked of a host only where something uses them, by one request', async () => {
    const without = requestsOf(await here.run(write('1'), { check: true }));
    expect(requestsOf(await here.run(write('x<%= facts.cpus.count %>'), { check: true }))).toBe(without + 1);
    expect(requestsOf(await here.run(write('facts'), { check: true }))).toBe(without);
  });

  it.each([
    ['a condition', '- hosts: alfa\n  tasks: [{ debug: { msg: yes it is }, when: facts.kernel !== null }]'],
    ['a condition that asks', `- hosts: alfa\n  tasks: [{ debug: { msg: yes it is }, when: "has('facts.kernel')" }]`],
    [
      'a variable of the play',
      '- hosts: alfa\n  vars: { k: "<%= facts.kernel %>" }\n  tasks: [{ debug: { msg: "<%= k %>" } }]',
    ],
    [
      'a variable of a task',
      '- hosts: alfa\n  tasks: [{ debug: { msg: "<%= k %>" }, vars: { k: "<%= facts.kernel %>" } }]',
    ],
    [
      'a task in a block',
      '- hosts: alfa\n  tasks: [{ block: [{ block: [{ debug: { msg: "<%= facts.kernel %>" } }] }] }]',
    ],
    [
      'a condition of a block',
      '- hosts: alfa\n  tasks: [{ block: [{ debug: { msg: x } }], when: facts.kernel !== null }]',
    ],
    [
      'a handler',
      '- hosts: alfa\n  tasks: [{ debug: { msg: x }, changed_when: true, notify: h }]\n  handlers: [{ name: h, debug: { msg: "<%= facts.kernel %>" } }]',
    ],
  ])('may stand in %s', async (_, playbook) => {
    const { exit, events } = await here.run(playbook);
    expect(events.filter((event) => event.event === 'diagnostic')).toEqual([]);
    expect(exit).toBe(0);
  });

  it('may stand in a template, and in a variable of the inventory', async () => {
    mkdirSync(join(here.folder, 'templates'));
    writeFileSync(join(here.folder, 'templates', 'k.txt.ejs'), '<%= facts.kernel %> <%= arch %>');
    mkdirSync(join(here.folder, 'group_vars'));
    writeFileSync(join(here.folder, 'group_vars', 'all.yml'), 'arch: "<%= facts.architecture %>"\n');
    const playbook = '- hosts: alfa\n  tasks: [{ file.template: { path: FOLDER/told, template: k.txt.ejs } }]';
    expect((await here.run(playbook)).exit).toBe(0);
    expect(told()).toMatch(new RegExp(`^${release()} \\S+$`));
  });

  it('of another host are known once it has been through a play that uses them', async () => {
    const first = write('<%= facts.kernel %>', 'bravo');
    await here.run(`${first}${write('<%= hostvars.bravo.facts.kernel %>')}`);
    expect(told()).toBe(release());
  });

  it('leave it to the first task to tell that a host cannot be reached', async () => {
    const { exit, lines } = await here.run(write('<%= facts.kernel %>', 'nobody'));
    expect([exit, lines]).toEqual([3, ['nobody told unreachable']]);
  });

  it('name the nearest of them where one is misspelt', async () => {
    const { events } = await here.run(write('<%= facts.kernle %>'));
    const end = events.find((event): event is RunEvent & { event: 'task.end' } => event.event === 'task.end');
    expect([end?.code, end?.diagnostic?.label ?? end?.diagnostic?.help]).toEqual([
      'PV3002',
      expect.stringContaining('kernel'),
    ]);
  });
});
