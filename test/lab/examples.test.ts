import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type PrintedEvent, Project } from '../support/cli.ts';
import { hypervisor, hypervisorState } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

interface Example {
  /** Its page, and which of the examples there. */
  readonly name: string;
  readonly task: Readonly<Record<string, unknown>>;
}

/** What examples take for granted, and which of them do not simply end well. */
interface Surroundings {
  /** Done to the host beforehand. */
  readonly host: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly templates: Readonly<Record<string, string>>;
  /** Examples of these pages are for a guest, on its hypervisor. */
  readonly of_guests: readonly string[];
  /** What comes of those that are neither in order already nor would change something: `CODE message`. */
  readonly otherwise: Readonly<Record<string, string>>;
}

const surroundings = parse(await readFile('test/lab/examples.yml', 'utf8')) as Surroundings;
const pages = (await readdir('docs/reference')).filter((file) => file.endsWith('.md')).toSorted();
const examples = (await Promise.all(pages.map(examplesOf))).flat();

let project: Project;
let ends: ReadonlyMap<string, PrintedEvent>;
let written: readonly string[];
let states: readonly string[];

beforeAll(async () => {
  await resetHost(hypervisor);
  await hostExec(hypervisor, ['systemctl', 'is-system-running', '--wait']);
  expect(await hostExec(hypervisor, ['sh', '-ec', surroundings.host])).toMatchObject({ exit: 0 });
  project = await Project.create();
  for (const folder of ['playbooks', 'templates']) await cp(folder, join(project.folder, folder), { recursive: true });
  for (const [name, text] of Object.entries(surroundings.templates)) {
    await writeFile(join(project.folder, 'templates', name), text);
  }
  const before = { files: await upperFiles(hypervisor), state: await hypervisorState() };
  const together = await checked(examples);
  // An earlier one that would change something leaves others in doubt: those are asked for by themselves.
  const doubtful = examples.filter(({ name }) => together.get(name)?.status === 'unknown');
  const alone = await Promise.all(doubtful.map((example) => checked([example])));
  ends = new Map([together, ...alone].flatMap((each) => [...each]));
  written = writtenBetween(before.files, await upperFiles(hypervisor));
  states = [before.state, await hypervisorState()];
});

afterAll(() => project.remove());

async function examplesOf(page: string): Promise<readonly Example[]> {
  const text = await readFile(join('docs/reference', page), 'utf8');
  const tasks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].flatMap(
    ([, yaml = '']) => parse(yaml) as readonly Example['task'][],
  );
  return tasks.map((task, index) => ({ name: `${page.replace(/\.md$/, '')} ${index + 1}`, task }));
}

/** How each of them ends in check mode, all in one run. */
async function checked(some: readonly Example[]): Promise<ReadonlyMap<string, PrintedEvent>> {
  const isOfGuest = ({ name }: Example) => surroundings.of_guests.some((page) => name.startsWith(`${page} `));
  const tasksOf = (chosen: readonly Example[], more: object) =>
    chosen.map(({ name, task }) => ({ name, ...more, ...task }));
  const play = { ignore_errors: true, vars: surroundings.vars };
  const plays = [
    {
      ...play,
      hosts: hypervisor,
      tasks: tasksOf(
        some.filter((one) => !isOfGuest(one)),
        {},
      ),
    },
    { ...play, hosts: 'everest', tasks: tasksOf(some.filter(isOfGuest), { delegate_to: hypervisor }) },
  ];
  const file = join('playbooks', `${some[0]?.name}.yml`);
  await writeFile(join(project.folder, file), JSON.stringify(plays, null, 2));
  const found = await project.provision(file, '-i', project.inventory, '--check', '--output', 'ndjson');
  expect(found.stderr.split('\n').filter((line) => line.startsWith('error'))).toEqual([]);
  return new Map(found.events.flatMap((event) => (event.event === 'task.end' ? [[event.task ?? '', event]] : [])));
}

describe('the examples of the reference', () => {
  test.each(examples)('$name is right on a hypervisor', ({ name }) => {
    const end = ends.get(name);
    if (end?.status === 'ok' || end?.status === 'changed') expect(surroundings.otherwise[name]).toBeUndefined();
    else expect(end ? `${end.code} ${end.message}` : 'is told by nothing').toBe(surroundings.otherwise[name]);
  });

  test('change nothing in check mode', () => {
    expect(written).toEqual([]);
    expect(states[1]).toBe(states[0]);
  });

  test('are many', () => expect(examples.length).toBeGreaterThan(pages.length));
});
