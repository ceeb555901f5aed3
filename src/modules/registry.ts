import { assertThat } from './assert/that.ts';
import { fileAbsent } from './file/absent.ts';
import { fileContent } from './file/content.ts';
import { fileDirectory } from './file/directory.ts';
import { fileLine } from './file/line.ts';
import { fileLink } from './file/link.ts';
import { fileTemplate } from './file/template.ts';
import { iptablesRule } from './iptables/rule.ts';
import type { AnyModule } from './module.ts';

/** Every module there is. */
export const modules: readonly AnyModule[] = [
  assertThat,
  fileAbsent,
  fileContent,
  fileDirectory,
  fileLine,
  fileLink,
  fileTemplate,
  iptablesRule,
];

const byName = new Map(modules.map((module) => [module.name as string, module]));

export function findModule(name: string): AnyModule | undefined {
  return byName.get(name);
}
