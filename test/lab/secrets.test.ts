import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newKeyPair } from '../../src/load/secret-box.ts';
import { newSecretsFile, withSecret } from '../../src/load/secret-store.ts';
import { secretsFileText } from '../../src/load/secrets-file.ts';
import { type Finished, Project } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, labHost, resetHost } from '../support/lab.ts';
import { sshServerOf, tracePrograms, watchProcesses } from '../support/process-list.ts';
import { formsOf, heldIn, type Marker, newMarker, tracedIn } from '../support/traces.ts';

/** Where a secret can stand, and the files of the host that are meant to hold it. */
interface Place {
  readonly marker: Marker;
  readonly from: 'secrets' | 'environment' | 'prompt';
  readonly meantFor: readonly string[];
}

const place = (name: string, files: readonly string[], options: Partial<Place> & { around?: string } = {}): Place => ({
  marker: newMarker(name, options.around),
  from: options.from ?? 'secrets',
  meantFor: files.map((file) => `/root/leak/${file}`),
});

const places = [
  place('inventory', ['content', 'long']),
  place('play', ['template.conf', 'template.xml', 'template.json', 'template.sh', 'line']),
  place('stdin', ['stdin']),
  place('variable', ['variable']),
  // It stands in the text of a script as it is.
  place('script', ['script'], { around: 'word-' }),
  place('output', ['registered'], { around: 'word-' }),
  place('failing', []),
  place('unless', ['unless'], { around: 'word-' }),
  place('loop', ['item-one', 'item-two']),
  place('derived', ['derived']),
  place('account', [], { around: 'word-' }),
  place('handler', ['handler']),
  place('refused', []),
  place('message', []),
  place('argument', [], { around: 'word-' }),
  place('broken_template', [], { around: 'word-' }),
  place('become', []),
  place('environment', ['environment'], { from: 'environment' }),
  place('prompt', ['prompt'], { from: 'prompt' }),
] as const;

const markers = places.map(({ marker }) => marker);
/** No secret: shows that those who look for traces see. */
const control = newMarker('control', 'word-');

const playbook = `
- hosts: ${hypervisor}
  vars:
    play: !secret play
    environment_secret: "<%= env('LEAK_ENVIRONMENT') %>"
    things: [{ name: one, value: "<%= loop %>" }, { name: two, value: "<%= loop %>" }]
    ${['loop', 'stdin', 'variable', 'script', 'output', 'failing', 'unless', 'derived'].map((name) => `${name}: !secret ${name}`).join('\n    ')}
    ${['account', 'handler', 'refused', 'message', 'argument', 'broken_template'].map((name) => `${name}: !secret ${name}`).join('\n    ')}
  vars_prompt: [{ name: prompt_secret, prompt: something, private: true }]
  tasks:
    - shell.command: { argv: [sh, -c, sleep 0.5, sh, ${control.value}] }
    - file.directory: { path: /root/leak, mode: "0700" }
    - file.content: { path: /root/leak/content, content: "user:<%= inventory_secret %>@host\\n", mode: "0600", validate: test -s %s }
    - file.content: { path: /root/leak/long, content: "<%= 'x\\\\n'.repeat(20000) %><%= inventory_secret %>\\n", mode: "0600" }
    - file.content: { path: /root/leak/prompt, content: "<%= prompt_secret %>\\n", mode: "0600" }
    - file.content: { path: /root/leak/environment, content: "<%= environment_secret %>\\n", mode: "0600" }
    - file.template: { path: "/root/leak/template.<%= item %>", template: "leak.<%= item %>.ejs", mode: "0600" }
      loop: [conf, xml, json, sh]
    - file.line: { path: /root/leak/line, line: "password = <%= play %>", create: true }
    - shell.command: { script: "printf %s '<%= unless %>' >/root/leak/unless", unless: 'test "$(cat /root/leak/unless)" = "<%= unless %>"' }
    - shell.command: { argv: [sh, -c, cat >/root/leak/stdin], stdin: "<%= stdin %>" }
    - shell.command: { script: 'printf %s "$TOKEN" >/root/leak/variable', environment: { TOKEN: "<%= variable %>" } }
    - shell.command: { script: "printf %s '<%= script %>' >/root/leak/script" }
    - name: say it in every way
      shell.command:
        stdin: "<%= output %>"
        argv:
          - sh
          - -c
          - 'read -r word; s=$word; echo "$s"; echo "$s" >&2; printf %s "$s" | fold -w 10; echo; printf %s "$s" | base64 -w 11; printf "user:%s" "$s" | base64; printf %s "$s" | od -An -tx1 | tr -d " \\n"; echo'
      register: said
    - file.content: { path: /root/leak/registered, content: "<%= said.stdout %>\\n", mode: "0600" }
    - name: fail with it
      shell.command: { argv: [sh, -c, 'cat >&2; exit 3'], stdin: "cannot log in with <%= failing %>" }
      ignore_errors: true
    - file.content: { path: "/root/leak/item-<%= item.name %>", content: "<%= item.value %>\\n", mode: "0600" }
      loop: "<%= things %>"
    - file.content:
        path: /root/leak/derived
        content: "<%= base64('user:' + derived) %> <%= derived.toUpperCase() %> <%= [...derived].reverse().join('') %>\\n"
        mode: "0600"
    - user.account: { name: leaky, password_hash: "<%= crypt(account, 'leaky') %>" }
    - name: a check that refuses it
      file.content: { path: /root/leak/refused, content: "<%= refused %>\\n", validate: "grep -c nothing %s" }
      ignore_errors: true
    - name: an argument is refused
      shell.command: { argv: ["true", "--password=<%= argument %>"] }
      ignore_errors: true
    - name: say why
      assert.that: { that: [false], message: "the password <%= message %> is too weak" }
      ignore_errors: true
    - name: a template that breaks
      file.template: { path: /root/leak/broken, template: broken.json.ejs }
      ignore_errors: true
    - file.content: { path: /root/leak/notifier, content: "x\\n" }
      notify: tell
  handlers:
    - name: tell
      file.content: { path: /root/leak/handler, content: "<%= handler %>\\n", mode: "0600" }
`;

const templates = {
  'leak.conf.ejs': 'password <%= play %>\n',
  'leak.xml.ejs': '<a b="<%= play %>"><%= play %></a>\n',
  'leak.json.ejs': '{ "password": <%= play %> }\n',
  'leak.sh.ejs': 'password=<%= play %>\n',
  'broken.json.ejs': '{ "password": "<%= broken_template %>" }\n',
};

let project: Project;
let site: string;

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  site = await project.writePlaybook('site.yml', playbook);
  for (const [name, text] of Object.entries(templates)) await project.writePlaybook(name, text);
  const key = await newKeyPair();
  let file = await newSecretsFile(new Map([['tests', key.recipient]]));
  for (const { marker, from } of places)
    if (from === 'secrets') file = await withSecret(file, marker.name, marker.value);
  await writeFile(join(project.folder, 'secrets.age.yml'), secretsFileText(file));
  await mkdir(join(project.folder, 'host_vars'));
  await writeFile(
    join(project.folder, 'host_vars', `${hypervisor}.yml`),
    'inventory_secret: !secret inventory\nssh: { become_password: !secret become }\n',
  );
  await writeFile(join(project.folder, 'answers.yml'), JSON.stringify({ prompt_secret: secretOf('prompt') }));
  process.env.PROVISION_IDENTITY = key.identity;
  process.env.LEAK_ENVIRONMENT = secretOf('environment');
}, 120_000);

afterAll(() => project.remove());

function secretOf(name: string): string {
  return places.find(({ marker }) => marker.name === name)?.marker.value ?? '';
}

function argv(...options: readonly string[]): readonly string[] {
  return [site, '-i', project.inventory, '-e', `@${join(project.folder, 'answers.yml')}`, ...options];
}

/** As if it had never run. */
function forget() {
  return hostExec(hypervisor, ['sh', '-c', 'rm -rf /root/leak; userdel leaky; true']);
}

/** The tasks that are to fail did, for what they were made to, and nothing else. */
function expectEnd(finished: Finished): void {
  expect(finished.stderr).toBe('');
  const failures = finished.events.filter(({ event, status }) => event === 'task.end' && status === 'failed');
  expect(failures.map(({ task, code, message }) => `${task}: ${code} ${message}`.slice(0, 200))).toEqual([
    expect.stringMatching(/^fail with it: PV5001/),
    expect.stringMatching(/^a check that refuses it: PV5024/),
    expect.stringMatching(/^an argument is refused: PV5028/),
    expect.stringMatching(/^say why: PV5101 the password \*{8} is too weak/),
    expect.stringMatching(/^a template that breaks: PV3104/),
  ]);
  expect(finished.exit).toBe(0);
}

describe('a run with a secret in every place where one can stand', () => {
  test('shows none in NDJSON, nor in any process list', async () => {
    const { result, seen } = await watchProcesses(() => project.provision(...argv('--output', 'ndjson', '-D', '-v')));
    expectEnd(result);
    expect(result.stdout).toContain('********');
    expect(tracedIn(result.stdout, markers)).toEqual([]);
    expect(tracedIn(result.stdout, [control])).toEqual(['control']);
    expect(tracedIn(seen.arguments, [control])).toEqual(['control']);
    expect(tracedIn(seen.arguments, markers)).toEqual([]);
  });

  test('leaves every secret in the files that are meant to hold it, and nowhere else on the host', async () => {
    const found = await filesWithTraces();
    const meant = places.flatMap(({ marker, meantFor }) => meantFor.map((file) => `${marker.name} ${file}`));
    expect(found).toEqual(meant.toSorted());
  });

  test('leaves no history of any shell', async () => {
    const find = `find / -xdev -type f -name '.*history'`;
    const { stdout, exit } = await hostExec(hypervisor, ['sh', '-c', `touch /root/.control_history; ${find}`]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '/root/.control_history\n' });
  });

  test('leaves none in the project: no journal, no record', () => {
    const own = ['answers.yml'];
    const files = readdirSync(project.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !own.includes(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(files.some((text) => tracedIn(text, [control]).length > 0 && text.includes('run.start'))).toBe(true);
    expect(tracedIn(files.join('\n'), markers)).toEqual([]);
  });

  test('shows none in plain lines, with all there is to say', async () => {
    await forget();
    const run = await project.provision(...argv('--output', 'plain', '-D', '-v'));
    expect({ exit: run.exit, stderr: run.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(tracedIn(run.stdout, [control])).toEqual(['control']);
    expect(tracedIn(run.stdout, markers)).toEqual([]);
  });

  test('shows none on a terminal', async () => {
    await forget();
    const command = [process.execPath, resolve('dist/cli/main.js'), ...argv('--output', 'tree', '-D', '-v')];
    const quoted = command.map((word) => `'${word}'`).join(' ');
    const { stdout } = await promisify(execFile)('script', ['-qec', quoted, '/dev/null'], {
      cwd: project.folder,
      maxBuffer: 1e9,
    });
    expect(stdout).toContain(hypervisor);
    expect(tracedIn(stdout, markers)).toEqual([]);
  });

  test('shows none in check mode, when everything differs', async () => {
    await forget();
    const run = await project.provision(...argv('--check', '--output', 'plain', '-D', '-v'));
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain('********');
    expect(tracedIn(run.stdout + run.stderr, markers)).toEqual([]);
  });

  test('gives none to a program as an argument, by a record of every program', async () => {
    await forget();
    const { pid } = await labHost(hypervisor);
    const server = sshServerOf({ ...(pid !== undefined && { pid }) });
    const { result, programs } = await tracePrograms(server, () =>
      project.provision(...argv('--output', 'ndjson', '-D', '-v')),
    );
    expectEnd(result);
    expect(tracedIn(programs, [control])).toEqual(['control']);
    expect(tracedIn(programs, markers)).toEqual([]);
  });
});

/** `MARKER FILE` for every file of the host, wherever, that holds anything of a marker. */
async function filesWithTraces(): Promise<readonly string[]> {
  const patterns = markers.flatMap(formsOf).join('\n');
  const script = `grep -rlaF -D skip -f - / --exclude-dir=proc --exclude-dir=sys 2>/dev/null; true`;
  const { stdout } = await hostExec(hypervisor, ['sh', '-c', script], patterns);
  const files = stdout.split('\n').filter((line) => line !== '');
  const held = await Promise.all(
    files.map(async (file) => {
      const text = (await hostExec(hypervisor, ['cat', file])).stdout;
      return heldIn(text, markers).map((name) => `${name} ${file}`);
    }),
  );
  return held.flat().toSorted();
}
