import { privateKeyFile, type RigHost } from '../rig/names.ts';
import { noOps, tasks, templates, variables } from './model.ts';
import type { Files } from './provision-files.ts';
import { ejsText, hostValues } from './template.ts';

/** The model itself: the sketch reads neither playbooks nor inventories. */
export function sketchFiles(hosts: readonly RigHost[], hostKey: string): Files {
  const texts = Object.fromEntries([...templates].map(([name, pieces]) => [name, ejsText(pieces)]));
  const model = { hosts: hosts.map(hostValues), privateKeyFile, hostKey, variables, tasks, templates: texts, noOps };
  return { 'model.json': JSON.stringify(model) };
}
