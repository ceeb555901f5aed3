import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadProject } from '../../../src/cli/load-project.ts';
import { type Diagnostic, ProvisionError } from '../../../src/core/diagnostic.ts';
import { createFolder } from '../../support/command.ts';
import { mutated } from '../../support/mutated.ts';
import { Here } from '../../support/run-here.ts';

vi.setConfig({ testTimeout: 300_000 });

const texts = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const playbooks = texts('playbooks');
const inventories = texts('inventory');
const templates = Object.fromEntries(
  readdirSync('templates').map((name) => [`templates/${name}`, readFileSync(join('templates', name), 'utf8')]),
);

const project = createFolder({
  ...templates,
  'playbooks/group_vars/all.yml': readFileSync('playbooks/group_vars/all.yml', 'utf8'),
  'inventory/hosts.yml': readFileSync('inventory/hosts.yml', 'utf8'),
  'playbooks/mutated.yml': '',
});
afterAll(project.remove);

/** What is told of the project once this file of it holds this text; anything else that is thrown fails the test. */
function toldOf(file: string, text: string): readonly Diagnostic[] {
  const path = join(project.folder, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, text);
  try {
    loadProject({
      playbooks: [join(project.folder, 'playbooks/mutated.yml')],
      inventory: join(project.folder, 'inventory/hosts.yml'),
    });
    return [];
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics;
  } finally {
    writeFileSync(path, before);
  }
}

function expectPlaces(diagnostics: readonly Diagnostic[]): void {
  for (const { code, message, at } of diagnostics) {
    expect(code).toMatch(/^PV[123]\d{3}$/);
    expect(message).toMatch(/^(?!.*(undefined|\[object))/s);
    expect(at).toBeDefined();
  }
}

describe('random edits of our own files bring diagnostics with a place, or nothing', () => {
  it('playbooks', () => {
    const property = fc.property(mutated(playbooks), (text) => expectPlaces(toldOf('playbooks/mutated.yml', text)));
    fc.assert(property, { numRuns: 1500 });
  });

  it('inventories', () => {
    const property = fc.property(mutated(inventories), (text) => expectPlaces(toldOf('inventory/hosts.yml', text)));
    fc.assert(property, { numRuns: 1500 });
  });

  it('templates', () => {
    writeFileSync(join(project.folder, 'playbooks/mutated.yml'), readFileSync('playbooks/shared-guest.yml', 'utf8'));
    const names = ['templates/domain.xml.ejs', 'templates/preseed.cfg.ejs'] as const;
    const cases = fc
      .constantFrom(...names)
      .chain((name) => mutated([templates[name] ?? '']).map((text): [string, string] => [name, text]));
    fc.assert(
      fc.property(cases, ([name, text]) => expectPlaces(toldOf(name, text))),
      { numRuns: 500 },
    );
  });
});

describe('what random edits leave in order', () => {
  let here: Here;
  beforeAll(async () => {
    here = await Here.create();
  });
  afterAll(() => here.remove());

  const playbook = `
- name: first
  hosts: here
  vars: { port: 80, names: [a, b], deep: { x: 1 } }
  handlers:
    - name: again
      file.content: { path: FOLDER/again, content: x }
  tasks:
    - name: folder
      file.directory: { path: "FOLDER/<%= item %>", mode: "0755" }
      loop: "<%= names %>"
      notify: again
    - name: file
      file.content: { path: FOLDER/a/port, content: "<%= port + deep.x %>\\n" }
      register: written
      when: port > 1 && has('deep.x')
    - name: line
      file.line: { path: FOLDER/a/port, line: "<%= written.status %>" }
      ignore_errors: true
      changed_when: "false"
    - name: asks
      assert.that: { that: "<%= size === 1 %>", message: "not <%= size %>" }
      failed_when: size > 2
      tags: [asking]
`;

  it('runs to an end, in check mode', async () => {
    const property = fc.asyncProperty(mutated([playbook]), async (text) => {
      const exit = await here.run(text, { check: true }).then(
        (run) => run.exit,
        (error: unknown) => {
          if (!(error instanceof ProvisionError)) throw error;
          expectPlaces(error.diagnostics);
          return 1;
        },
      );
      expect([0, 1, 2, 3]).toContain(exit);
    });
    await fc.assert(property, { numRuns: 400 });
  });
});
