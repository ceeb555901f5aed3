import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Problems } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { createScope } from '../../src/engine/scope.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { renderTemplate } from '../../src/render/template.ts';

const golden = new URL('address-plan/', import.meta.url).pathname;

it('the network of a hypervisor has the addresses that the inventory plans, those of its guests among them', () => {
  const problems = new Problems();
  const inventory = loadInventory(`${golden}hosts.yml`, { playbookFolders: ['playbooks'] }, problems);
  problems.throwIfAny();
  const layers = inventory.hosts.get('alfa')?.layers ?? [];
  const scope = createScope({ inventory, host: 'alfa', layers, data: {}, extra: [], secrets: new Secrets() });
  const name = 'templates/network.xml.ejs';
  const text = renderTemplate({ name, text: readFileSync(name, 'utf8') }, scope);
  expect(text).toBe(readFileSync(`${golden}nat.xml`, 'utf8'));
});
