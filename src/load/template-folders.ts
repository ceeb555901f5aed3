import { join } from 'node:path';

/** Where the templates of a playbook are looked for, nearest first; `folder` is the playbook's. */
export function templateFoldersOf(folder: string): readonly string[] {
  return [join(folder, 'templates'), join(folder, '..', 'templates'), folder];
}

/** For tasks of a role: its own folder comes first. */
export function withRoleFolders(role: string, outer: readonly string[]): readonly string[] {
  return [join(role, 'templates'), role, ...outer];
}
