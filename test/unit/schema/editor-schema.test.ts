import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isIni } from '../../../src/load/inventory-ini.ts';
import { keywordSchemas } from '../../../src/load/keyword-schemas.ts';
import { networkSchema } from '../../../src/load/network-schema.ts';
import { sshSchema } from '../../../src/load/ssh-settings.ts';
import { inventoryEditorSchema, playbookEditorSchema } from '../../../src/schema/editor-schema.ts';
import { sampleModules } from '../load/sample-modules.ts';

const keywords = { ...keywordSchemas, ssh: sshSchema, network: networkSchema };
const modules = sampleModules.map((module) => ({ ...module, description: 'A sample.', examples: [] }));
const ajv = new Ajv({ strict: false });
const playbooks = ajv.compile(playbookEditorSchema(modules, keywords));
const inventories = ajv.compile(inventoryEditorSchema(keywords));

interface Case {
  readonly it: string;
  readonly text: string;
  readonly tells?: readonly { readonly code: string }[];
}

function cases(name: string): readonly Case[] {
  return parse(readFileSync(new URL(`../load/cases/${name}.yml`, import.meta.url), 'utf8')) as readonly Case[];
}

/** What a schema can see: keywords, arguments, their types and values. */
const visible = new Set([
  'PV1102',
  'PV1104',
  'PV1105',
  'PV1201',
  'PV1203',
  'PV1204',
  'PV1206',
  'PV1209',
  'PV2002',
  'PV2006',
]);

describe.each([
  ['playbook', playbooks],
  ['inventory', inventories],
])('the editor, in cases of a %s', (name, validate) => {
  // The schema is for YAML.
  const good = cases(name).filter(({ tells, text }) => tells === undefined && !isIni({ name, text }));
  const bad = cases(name).filter(({ tells }) => tells?.some(({ code }) => visible.has(code)));

  it.each(good)('marks nothing where it $it', ({ text }) => {
    expect(validate(parse(text)) || validate.errors).toBe(true);
  });

  it.each(bad)('marks a mistake where it $it', ({ text }) => {
    expect(validate(parse(text))).toBe(false);
  });
});

describe('the playbook schema', () => {
  const schema = JSON.stringify(playbookEditorSchema(modules, keywords));

  it('has no defaults and nothing of ours that an editor would not know', () => {
    expect(schema).not.toMatch(/"default":[^{]|"secret"|"template"/);
  });

  it('does not demand what has a default', () => {
    const task = (domain: unknown) => [{ hosts: 'all', tasks: [{ 'libvirt.domain': domain }] }];
    expect(playbooks(task({ name: 'everest' }))).toBe(true);
    expect(playbooks(task({ state: 'running' }))).toBe(false);
  });

  it('takes an expression for any argument, and for all of them', () => {
    const task = {
      'libvirt.domain': { name: 'a', memory: '<%= x %>', disks: ['<%= y %>'] },
      'shell.command': '<%= z %>',
    };
    expect(playbooks([{ hosts: 'all', tasks: [task] }])).toBe(true);
  });

  it('describes keywords, modules and arguments', () => {
    expect(schema).toContain('A sample.');
    expect(schema).toContain('memory in MiB');
    expect(schema).toContain('a variable that takes the result');
  });
});
