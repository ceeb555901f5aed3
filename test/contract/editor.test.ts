import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LanguageServer } from '../support/language-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const server = new LanguageServer();
beforeAll(() => server.start(resolve('.')));
afterAll(() => server.stop());

const firstLine = {
  playbooks: '# yaml-language-server: $schema=../schemas/playbook.json',
  inventory: '# yaml-language-server: $schema=../schemas/inventory.json',
};

/** Opens a text that names its schema in the first line; `▮` stands where the cursor is. */
async function edit(folder: keyof typeof firstLine, name: string, marked: string) {
  const path = resolve(folder, name);
  const text = `${firstLine[folder]}\n${marked}`;
  const before = text.slice(0, text.indexOf('▮')).split('\n');
  const diagnostics = await server.open(path, text.replace('▮', ''));
  return { path, diagnostics, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

const ours = readdirSync('playbooks').filter((name) => name.endsWith('.yml'));

describe('an editor with the YAML language server', () => {
  it.each(ours)('finds nothing wrong with playbooks/%s', async (name) => {
    const text = readFileSync(`playbooks/${name}`, 'utf8');
    expect(text.split('\n')[0]).toBe(firstLine.playbooks);
    expect(await server.open(resolve('playbooks', name), text)).toEqual([]);
  });

  it('finds nothing wrong with inventory/hosts.yml', async () => {
    const text = readFileSync('inventory/hosts.yml', 'utf8');
    expect(text.split('\n')[0]).toBe(firstLine.inventory);
    expect(await server.open(resolve('inventory/hosts.yml'), text)).toEqual([]);
  });

  it('marks a module that there is not, and an argument of the wrong type', async () => {
    const text = '- hosts: all\n  tasks:\n    - fil.content: { path: /x }\n    - file.directory: { path: [] }▮\n';
    const { diagnostics } = await edit('playbooks', 'wrong.yml', text);
    expect(diagnostics.map(({ range }) => range.start.line)).toEqual([3, 4]);
    expect(diagnostics[0]?.message).toContain('fil.content');
  });

  it('completes keywords and modules of a task', async () => {
    const { path, position } = await edit('playbooks', 'task.yml', '- hosts: all\n  tasks:\n    - ▮\n');
    const labels = (await server.completions(path, position)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['when', 'register', 'libvirt.guest', 'file.template']));
  });

  it('completes arguments of a module', async () => {
    const text = '- hosts: all\n  tasks:\n    - file.directory:\n        ▮\n';
    const { path, position } = await edit('playbooks', 'arguments.yml', text);
    const labels = (await server.completions(path, position)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['path', 'mode', 'owner', 'group']));
  });

  it('says what an argument is for', async () => {
    const text = '- hosts: all\n  tasks:\n    - file.directory:\n        mo▮de: "0755"\n        path: /x\n';
    const { path, position } = await edit('playbooks', 'hover.yml', text);
    expect(await server.hover(path, position)).toContain('permission bits');
  });

  it('completes the settings of a connection', async () => {
    const { path, position } = await edit('inventory', 'new.yml', 'web:\n  hosts:\n    alfa:\n      ssh:\n        ▮\n');
    const labels = (await server.completions(path, position)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['host', 'port', 'user', 'jump']));
  });
});
