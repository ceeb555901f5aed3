import { readFileSync } from 'node:fs';
import { afterAll, expect, it, vi } from 'vitest';
import { createFolder } from '../support/command.ts';

vi.setConfig({ testTimeout: 60_000 });

const readme = readFileSync('README.md', 'utf8');

/** The YAML of the README by the file name in its first line. */
const files = Object.fromEntries(
  [...readme.matchAll(/```yaml\n# (\S+)\n(.*?)```/gs)].map(([, file = '', text = '']) => [file, text]),
);

const project = createFolder(files);
afterAll(project.remove);

it('the first inventory and playbook of the README are in order', async () => {
  expect(Object.keys(files)).toEqual(['inventory/hosts.yml', 'playbooks/first.yml']);
  const { exit, stderr } = await project.provision('validate', 'playbooks/first.yml');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
});

it('every script that the README names is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(named).not.toEqual([]);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});
