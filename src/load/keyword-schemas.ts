import { actions } from './actions.ts';
import { blockSchema, importSchema, includeSchema, playSchema, roleSchema, taskSchema } from './keywords.ts';

/** All that stands in a playbook beside modules, for the editor and the reference. */
export const keywordSchemas = {
  play: playSchema,
  block: blockSchema,
  include: includeSchema,
  role: roleSchema,
  import: importSchema,
  task: taskSchema,
  actions,
};
