import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What decides a question of the language, and where the static check and the run ask it. */
const deciding: readonly (readonly [question: string, decides: string, check: string, run: string])[] = [
  ['what a name means', 'engine/scope.ts createScope', 'cli/check-names.ts', 'engine/play-run.ts'],
  ['which variables a task has', 'engine/task-layers.ts layersOf', 'cli/check-names.ts', 'engine/play-run.ts'],
  ['which hosts a play has', 'engine/play-hosts.ts hostsOfPlay', 'cli/check-plays.ts', 'engine/play-run.ts'],
  [
    'which groups there may be',
    'engine/play-hosts.ts withGroupsToCome',
    'cli/check-plays.ts',
    'engine/growing-inventory.ts',
  ],
  ['which hosts a pattern means', 'load/inventory.ts selectHosts', 'cli/check-plays.ts', 'engine/play-run.ts'],
  ['which tasks are chosen', 'engine/selection.ts selectTasks', 'cli/check-names.ts', 'engine/run.ts'],
  ['whether tags choose a task', 'engine/selection.ts isSelected', 'cli/check-names.ts', 'engine/play-run.ts'],
  ['what a list of conditions means', 'engine/condition.ts partsOf', 'cli/check-names.ts', 'engine/condition.ts'],
  ['what is in scope of a template', 'render/scope.ts withNames', 'cli/check-names.ts', 'engine/arguments.ts'],
];

describe.each(deciding)('%s', (_question, decides, check, run) => {
  const [home = '', name = ''] = decides.split(' ');

  it.each([check, run])(`is asked of ${decides} by %s`, (file) => {
    expect(file === home ? calledIn(file) : importedIn(file)).toContain(file === home ? name : decides);
  });

  it('is decided nowhere else in them', () => {
    for (const file of [check, run].filter((one) => one !== home))
      expect(textOf(file)).not.toMatch(new RegExp(`(function|const) ${name}\\b`));
  });
});

function textOf(file: string): string {
  return readFileSync(join('src', file), 'utf8');
}

/** `FILE NAME` of everything that a file imports from another of ours. */
function importedIn(file: string): readonly string[] {
  return [...textOf(file).matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']*)';$/gm)].flatMap(
    ([, names = '', from = '']) =>
      names.split(',').map((name) => `${join(dirname(file), from)} ${name.replace(/^\s*type /, '').trim()}`),
  );
}

/** The functions that a file calls. */
function calledIn(file: string): readonly string[] {
  return [...textOf(file).matchAll(/(?<!function )\b(\w+)\(/g)].map(([, name = '']) => name);
}
