import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createFolder } from '../support/command.ts';

const playbook = `- name: web
  hosts: here
  vars_prompt:
    - { name: colour, prompt: Which, private: false, default: blue }
  tasks:
    - name: choose
      set_fact: { chosen: "<%= colour %> <%= size %>" }
    - name: stumble
      fail: { msg: too early }
      when: "env('BROKEN', { secret: false }) === 'yes'"
    - name: tell
      debug: { msg: "<%= chosen %> of <%= token %>" }
`;
const { folder, provision, remove } = createFolder({
  'inventory/hosts.yml': 'all: { hosts: { here: { ssh: { connection: local } } } }\n',
  'site.yml': playbook,
});
const runs = join(folder, '.provision/runs');
const journals = (): readonly string[] => readdirSync(runs).sort();
const last = (): string => join(runs, journals().findLast((name) => !name.includes('dead')) ?? '');

/** What is shown, without what differs from run to run. */
async function shown(...argv: readonly string[]) {
  const { exit, stdout, stderr } = await provision(...argv);
  const text = `${stdout}${stderr}`.replaceAll(/\d{8}T\d{6}Z-\w{4}/g, 'RUN');
  return { exit, text: text.replaceAll(/ in [\d.]+ \w+/g, '') };
}

beforeEach(async () => {
  process.env.BROKEN = 'yes';
  writeFileSync(join(folder, 'site.yml'), playbook);
  const { exit } = await provision('site.yml', '-e', 'size=3', '-e', 'token=sesame');
  expect(exit).toBe(2);
  process.env.BROKEN = 'no';
}, 60_000);
afterAll(remove);

const slow = { timeout: 120_000 };

test('a run goes on at the task that failed, with the variables and answers of then', slow, async () => {
  expect(readFileSync(last(), 'utf8')).not.toContain('sesame');
  const { exit, stdout } = await provision('site.yml', '--resume', '-e', 'token=sesame', '--output', 'ndjson');
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const told = events
    .filter(({ event }) => event === 'task.end')
    .map(({ task, status, message }) => [task, status, message]);
  expect(told).toEqual([
    ['stumble', 'skipped', undefined],
    ['tell', 'ok', 'blue 3 of ********'],
  ]);
  expect(exit).toBe(0);
  expect(await shown('--resume')).toEqual({
    exit: 1,
    text: `error PV0008: the run RUN cannot be resumed: it ended well
   help: there is nothing left to do
`,
  });
});

test('what would not be the same is refused', slow, async () => {
  expect(await shown('--resume')).toEqual({
    exit: 1,
    text: `error PV0011: the run RUN was given \`token\`, which the journal does not keep
   help: give it again: -e token=VALUE, or -e @FILE
`,
  });
  expect(await shown('--resume', '--limit', 'here')).toEqual({
    exit: 1,
    text: `error PV0002: \`--limit\` is that of the run that is resumed
   help: leave it out, or leave out \`--resume\`
`,
  });
  expect(await shown('--resume', '20000101T000000Z-dead')).toEqual({
    exit: 1,
    text: `error PV0008: there is no run \`RUN\`
   help: \`provision runs\` lists them
`,
  });
  expect(await shown('other.yml', '--resume')).toEqual({
    exit: 1,
    text: `error PV0008: there is no run of other.yml to resume
   help: \`provision runs\` lists those of this folder
`,
  });
  appendFileSync(join(folder, 'site.yml'), '# mended\n');
  expect(await shown('--resume', '-e', 'token=sesame')).toEqual({
    exit: 1,
    text: `error PV0009: site.yml has changed since the run RUN began
   help: run the playbook without \`--resume\`: what is right is left alone
`,
  });
});

test(
  'a run is not resumed that another one has followed, that was a check, or that kept too little',
  slow,
  async () => {
    const first = journals().at(-1)?.replace('.ndjson', '') ?? '';
    await provision('site.yml', '-e', 'size=3', '-e', 'token=sesame');
    expect(
      (await shown('--resume', first)).text,
    ).toBe(`error PV0008: the run RUN cannot be resumed: RUN has run the same playbook since
   help: provision --resume RUN, where that one was cut short
`);
    await provision('site.yml', '-e', 'size=3', '-e', 'token=sesame', '--check');
    expect(
      (await shown('--resume', 'last')).text,
    ).toBe(`error PV0008: the run RUN cannot be resumed: it only looked at what would change
   help: leave out \`--resume\`
`);
    const earlier = readFileSync(join(runs, `${first}.ndjson`), 'utf8');
    writeFileSync(join(runs, '20991231T235958Z-dead.ndjson'), earlier.replace(/.*"run.made".*\n/, ''));
    expect(
      (await shown('--resume', '20991231T235958Z-dead')).text,
    ).toBe(`error PV0008: the run RUN cannot be resumed: its journal does not say how it was started
   help: run the playbook without \`--resume\`: what is right is left alone
`);
    writeFileSync(join(runs, '20991231T235959Z-dead.ndjson'), earlier.replace('"format":1', '"format":2'));
    expect(
      (await shown('--resume', '20991231T235959Z-dead')).text,
    ).toBe(`error PV0008: the run RUN cannot be resumed: its journal is of another version of provision
   help: run the playbook without \`--resume\`: what is right is left alone
`);
  },
);

test('a command that cannot be read again is asked about, or its fate given', slow, async () => {
  const place = '"host":"here","play":"web","task":"tell","module":"debug"';
  const sent = `{"event":"step.sent",${place},"step":"run pay","number":2,"unsure":true}`;
  const before = readFileSync(last(), 'utf8').split('\n');
  const cut = before.findIndex((line) => line.includes('"stumble"'));
  const killed = (text: string): void =>
    writeFileSync(
      join(runs, '30000101T000000Z-dead.ndjson'),
      `${[...before.slice(0, cut), text].join('\n')}\n{"event":"ta`,
    );
  killed(sent);
  expect(await shown('--resume', '-y', '-e', 'token=sesame')).toEqual({
    exit: 1,
    text: `error PV0010: here: \`run pay\` of task \`tell\` was sent, and its end was not seen
   help: \`--unconfirmed again\` runs it once more, \`--unconfirmed done\` takes it as done
`,
  });
  const done = await provision('--resume', '--unconfirmed', 'done', '-e', 'token=sesame', '--output', 'ndjson');
  expect(done.stdout).toContain('"task":"tell","module":"debug","status":"changed","ms":0,"message":"taken as done"');
});
