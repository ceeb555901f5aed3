import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blockSchema, importSchema, playSchema, roleSchema, taskSchema } from '../../src/load/keywords.ts';

/** Every keyword that ansible-core (2.14) takes, as its own classes list them. */
const ansible: Readonly<Record<string, string>> = {
  play:
    'any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection debugger ' +
    'diff environment fact_path force_handlers gather_facts gather_subset gather_timeout handlers hosts ignore_errors ' +
    'ignore_unreachable max_fail_percentage module_defaults name no_log order port post_tasks pre_tasks remote_user roles ' +
    'run_once serial strategy tags tasks throttle timeout vars vars_files vars_prompt',
  block:
    'always any_errors_fatal become become_exe become_flags become_method become_user block check_mode collections ' +
    'connection debugger delegate_facts delegate_to diff environment ignore_errors ignore_unreachable module_defaults name ' +
    'no_log notify port remote_user rescue run_once tags throttle timeout vars when',
  role:
    'any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection debugger ' +
    'delegate_facts delegate_to diff environment ignore_errors ignore_unreachable module_defaults name no_log port ' +
    'remote_user run_once tags throttle timeout vars when',
  task:
    'action any_errors_fatal args async become become_exe become_flags become_method become_user changed_when check_mode ' +
    'collections connection debugger delay delegate_facts delegate_to diff environment failed_when ignore_errors ' +
    'ignore_unreachable loop loop_control module_defaults name no_log notify poll port register remote_user retries ' +
    'run_once tags throttle timeout until vars when',
  handler: 'listen',
  import_playbook: 'import_playbook name tags vars when',
};

const schemas: Readonly<Record<string, object>> = {
  play: playSchema.properties,
  block: blockSchema.properties,
  role: roleSchema.properties,
  task: taskSchema.properties,
  handler: taskSchema.properties,
  import_playbook: importSchema.properties,
};

const page = readFileSync('docs/coming-from-ansible.md', 'utf8');

/** The cells of each row of a table, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

const keywords = rowsOf('Keywords of plays, roles, blocks, tasks and handlers').map(([keyword, of, here, how]) => ({
  keyword: (keyword ?? '').replaceAll('`', ''),
  of: (of ?? '').split(', '),
  here,
  how: (how ?? '').trim(),
}));
const words = rowsOf('Words that are modules in Ansible');
const variables = rowsOf('Inventories and their variables');

/** A file of cases, and at least one of them. */
function hasCases(name: string): boolean {
  const path = `test/language/${name}.yml`;
  return existsSync(path) && (parse(readFileSync(path, 'utf8')) as readonly unknown[]).length > 0;
}

describe('the table for those who come from Ansible', () => {
  it.each(Object.entries(ansible))('has a row for every keyword of a %s', (owner, all) => {
    const known = keywords.filter(({ of }) => of.includes(owner)).map(({ keyword }) => keyword);
    expect(known.toSorted()).toEqual(all.split(' ').toSorted());
  });

  it.each(keywords)('knows how it is with $keyword', ({ here, how }) => {
    expect(['same', 'different', 'not here']).toContain(here);
    expect(here === 'same' || how !== '').toBe(true);
  });

  it.each(keywords.filter(({ here }) => here === 'same'))('has cases that show $keyword', ({ keyword }) => {
    expect(hasCases(keyword)).toBe(true);
  });

  it.each(keywords)('says of $keyword what the schemas say', ({ keyword, of, here }) => {
    const takers = of.filter((owner) => Object.hasOwn(schemas[owner] ?? {}, keyword));
    // `run_once` is for tasks; a play has no first host before it begins.
    const wanted = here === 'not here' ? [] : of.filter((owner) => !(keyword === 'run_once' && owner === 'play'));
    expect(takers).toEqual(wanted);
  });

  it.each([...words, ...variables])('is filled in for %s', (_word, here, how) => {
    expect(['same', 'different', 'not here']).toContain(here);
    expect(here === 'same' || (how ?? '').trim() !== '').toBe(true);
  });

  it.each(words.filter(([, here]) => here === 'same'))('has cases that show %s', (word) => {
    expect(hasCases(/`(\w+)/.exec(word)?.[1] ?? '')).toBe(true);
  });

  it.each(variables.filter(([, here]) => here === 'same'))('has cases of inventories that show %s', (word) => {
    expect(hasCases(`inventory-${/`(\w+)/.exec(word)?.[1]}`)).toBe(true);
  });
});
