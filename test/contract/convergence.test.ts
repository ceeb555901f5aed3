import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Look, Remote } from '../../src/core/plan.ts';
import { Secrets } from '../../src/core/secret.ts';
import { findModule } from '../../src/modules/registry.ts';
import { checkArguments } from '../../src/schema/check.ts';
import { type Connection, connect } from '../../src/transport/connect.ts';
import { perform } from '../../src/transport/perform.ts';
import { emptyKnownHosts, scratchFolder } from '../support/transport.ts';

/** Arguments of modules that work in a folder; `DIR` stands for it, `ME` for who runs the test. */
const tasks: readonly (readonly [string, Record<string, unknown>])[] = [
  ['file.content', { path: 'DIR/new', content: 'line\n', mode: '0640' }],
  ['file.content', { path: 'DIR/old', content: 'other\n', backup: true, validate: 'grep -q other %s' }],
  ['file.content', { path: 'DIR/link', content: 'through\n', follow: true }],
  ['file.content', { path: 'DIR/empty', content: '' }],
  ['file.content', { path: 'DIR/it\'s a "name"\twith $(odd) signs', content: '\u00e4\n', sensitive: true }],
  ['file.template', { path: 'DIR/rendered', template: 'text\n' }],
  ['file.directory', { path: 'DIR/a/b/c', mode: '2750' }],
  ['file.directory', { path: 'DIR/full', mode: '0700' }],
  ['file.line', { path: 'DIR/old', line: 'two=2', match: '^two=' }],
  ['file.line', { path: 'DIR/old', match: '^one', state: 'absent' }],
  ['file.line', { path: 'DIR/made', line: 'first', create: true }],
  ['file.link', { path: 'DIR/new-link', target: 'old' }],
  ['file.link', { path: 'DIR/link', target: 'nowhere' }],
  ['file.absent', { path: 'DIR/old' }],
  ['file.absent', { path: 'DIR/link' }],
  ['file.absent', { path: 'DIR/void' }],
  ['file.absent', { path: 'DIR/full', recursive: true }],
  ['shell.command', { argv: ['touch', 'made'], directory: 'DIR', creates: 'DIR/made' }],
  [
    'shell.command',
    {
      script: 'echo "$WORD" >made\ncat >>made',
      environment: { WORD: 'x' },
      directory: 'DIR',
      unless: 'grep -q x made',
    },
  ],
  ['shell.command', { argv: ['rm', 'DIR/old'], removes: 'DIR/old' }],
  ['ssh.authorized_key', { user: 'ME', path: 'DIR/keys', key: readFileSync(keyFile(), 'utf8') }],
];

function keyFile(): string {
  return new URL('../fixtures/ed25519.pub', import.meta.url).pathname;
}

let connection: Connection;
let folder: string;

beforeAll(async () => {
  const settings = { name: 'here', kind: 'local', host: '127.0.0.1', port: 22, user: userInfo().username } as const;
  connection = await connect(settings, { knownHosts: emptyKnownHosts(), secrets: new Secrets() });
});

afterAll(() => connection.close());

beforeEach(() => {
  folder = scratchFolder();
  writeFileSync(join(folder, 'old'), 'one=1\ntwo=3\n');
  for (const name of ['full', 'void']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'full', 'file'), 'x');
  symlinkSync('old', join(folder, 'link'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function here<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll('DIR', folder).replaceAll('ME', userInfo().username);
  return JSON.parse(text) as T;
}

/** Eyes only, as the type says: hands are not just hidden but not there. */
function eyesOf({ query, stat, digest, readText, fetchText }: Remote): Look {
  return { query, stat, digest, readText, fetchText };
}

function entries(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

describe('on a real shell', () => {
  test.each(tasks)('%s %j changes something once, and reading changes nothing', async (name, raw) => {
    const module = findModule(name);
    if (!module) throw new Error(`no module ${name}`);
    const { values: args, diagnostics } = checkArguments(module, here(raw), () => undefined);
    expect(diagnostics).toEqual([]);
    const remote = await connection.remote();
    const look = eyesOf(remote);

    const before = entries();
    const steps = module.plan(args, await module.read(args, look));
    expect(entries()).toEqual(before);
    expect(steps.length).toBeGreaterThan(0);

    const pins = { pinned: () => [], pin: () => undefined };
    for (const { effect } of steps) {
      await perform(effect, remote, {
        pins,
        fresh: (work) => work(remote),
        elsewhere: () => Promise.reject(new Error('not asked for')),
        onProgress: () => undefined,
        onLine: () => undefined,
      });
    }
    expect(module.plan(args, await module.read(args, look))).toEqual([]);
  });
});
