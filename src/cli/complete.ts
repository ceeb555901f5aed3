import { codes } from '../core/codes.ts';
import { Problems } from '../core/diagnostic.ts';
import { loadInventory } from '../load/inventory.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { modules } from '../modules/registry.ts';
import { chooseVerb } from './choose-verb.ts';
import { idOf, journalFolder, journalsIn } from './journals.ts';
import { defaultInventory } from './load-project.ts';
import type { Flag, Flags } from './parse-options.ts';
import { type Verb, verbs } from './verbs.ts';

/** One way to go on, and what it means. */
export interface Candidate {
  readonly text: string;
  readonly meaning: string;
}

/** How a command line may go on: `words` are those after `provision`, the last one is being typed. None: a file. */
export function complete(words: readonly string[]): readonly Candidate[] {
  const typed = words.at(-1) ?? '';
  return candidatesFor(words).filter(({ text }) => text.startsWith(typed));
}

function candidatesFor(words: readonly string[]): readonly Candidate[] {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const verb = verbOf(before);
  if (!verb) return typed.startsWith('-') ? [] : verbs.map(({ name, summary }) => ({ text: name, meaning: summary }));
  // Where a shell cuts `--output=ndjson` into three words, the sign of equality is one of them.
  const asked = optionNamed(before.filter((word) => word !== '=').at(-1) ?? '', verb.flags);
  if (asked?.value !== undefined && !asked.optional) return valuesOf(asked, before, verb);
  if (typed.startsWith('-')) return optionsOf(verb.flags);
  return wordsOf(verb, before);
}

function verbOf(before: readonly string[]): Verb | undefined {
  if (before.length === 0) return undefined;
  try {
    return chooseVerb(before).verb;
  } catch {
    return undefined;
  }
}

function optionNamed(word: string, flags: Flags): Flag | undefined {
  const [, name] = /^--(.+)$/.exec(word) ?? [];
  if (name !== undefined) return Object.hasOwn(flags, name) ? flags[name] : undefined;
  const [, short] = /^-\w*(\w)$/.exec(word) ?? [];
  return short === undefined ? undefined : Object.values(flags).find((flag) => flag.short === short);
}

function optionsOf(flags: Flags): readonly Candidate[] {
  return Object.entries(flags).map(([name, { help }]) => ({ text: `--${name}`, meaning: help }));
}

function valuesOf(flag: Flag, before: readonly string[], verb: Verb): readonly Candidate[] {
  if (flag.choices) return flag.choices.map((text) => ({ text, meaning: '' }));
  if (flag.value === 'TAGS') return tagsOf(before.filter((word) => /\.ya?ml$/.test(word)));
  return /^(PATTERN|HOST|GUEST|NAME)$/.test(flag.value ?? '') ? hostsOf(before, verb) : [];
}

function wordsOf({ words, flags }: Verb, before: readonly string[]): readonly Candidate[] {
  if (words === 'hosts') return hostsOf(before, { flags });
  if (words === 'runs') return before.length > 1 ? [] : runsHere();
  if (words === 'documented') {
    const titles = Object.entries(codes).map(([text, { title }]) => ({ text, meaning: title }));
    return [...modules.map(({ name, description }) => ({ text: name, meaning: description })), ...titles];
  }
  if (words === undefined) return [];
  return before.length > 1 ? [] : words.map((text) => ({ text, meaning: '' }));
}

/** The last one first. */
function runsHere(): readonly Candidate[] {
  const ids = journalsIn(journalFolder).map(idOf).reverse();
  return ['last', ...ids].map((text) => ({ text, meaning: 'run' }));
}

/** Hosts and groups of the inventory that the command line names, as far as it can be read. */
function hostsOf(before: readonly string[], { flags }: Pick<Verb, 'flags'>): readonly Candidate[] {
  const at = before.findIndex((word) => optionNamed(word, flags) === flags.inventory);
  const path = (flags.inventory && at >= 0 ? before[at + 1] : undefined) ?? defaultInventory;
  const inventory = loadInventory(path, { playbookFolders: [] }, new Problems());
  const groups = [...inventory.groups.keys()].map((text) => ({ text, meaning: 'group' }));
  return [...[...inventory.hosts.keys()].map((text) => ({ text, meaning: 'host' })), ...groups];
}

function tagsOf(files: readonly string[]): readonly Candidate[] {
  const playbooks = files.flatMap((file) => loadPlaybook(file, modules, new Problems()) ?? []);
  const tags = playbooks.flatMap(({ plays }) => plays.flatMap(({ tasks }) => tasks.flatMap((task) => task.tags)));
  return [...new Set(tags)].sort().map((text) => ({ text, meaning: 'tag' }));
}
