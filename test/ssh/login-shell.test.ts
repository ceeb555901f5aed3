import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { LostConnection } from '../../src/transport/connect.ts';
import { startSshServer, type TestServerOptions } from '../support/ssh-server.ts';
import { connectTo, scratchFolder, settingsFor } from '../support/transport.ts';

/** Understands one thing, `exec PROGRAM WORDS…` without anything POSIX in it, as a shell of another family would. */
const foreign = `#!/usr/bin/env bash
echo "Welcome to the other shell"; echo "warning: nothing is as you know it" >&2
case $2 in
  *'$('*|*'export '*|*';;'*) echo "syntax error" >&2; exit 2 ;;
  'exec sh -c '*) words=\${2#exec sh -c }; words=\${words#?}; exec sh -c "\${words%?}" ;;
  *) echo "unknown command: $2" >&2; exit 2 ;;
esac
`;

const withoutExec = `#!/usr/bin/env bash
case $2 in
  '/bin/sh -c '*) words=\${2#/bin/sh -c }; words=\${words#?}; /bin/sh -c "\${words%?}" ;;
  *) echo "exec: unknown command" >&2; exit 1 ;;
esac
`;

const nologin = `#!/bin/sh
echo "This account is currently not available."
exit 1
`;

function program(text: string): string {
  const file = join(scratchFolder(), 'shell');
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

const shellOf = (text: string): Pick<TestServerOptions, 'loginShell'> => {
  const file = program(text);
  return { loginShell: (command) => [file, '-c', command] };
};

const noise = 'echo "last login: never"; printf "no line feed"; echo noise >&2; printf "\\036E1 0\\n"';

async function tryIt(options: TestServerOptions): Promise<unknown> {
  const server = await startSshServer({ password: 'x', ...options });
  const connection = await connectTo(settingsFor(server, { password: 'x' }));
  try {
    const remote = await connection.remote();
    const outputs = await Promise.all([remote.query(['echo', 'a']), remote.query(['cat'], { stdin: 'b\n' })]);
    return outputs.map(({ stdout, stderr }) => stdout + stderr);
  } catch (error) {
    return error;
  } finally {
    await connection.close();
    await server.close();
  }
}

test.each<[string, TestServerOptions]>([
  ['a banner before the login', { banner: 'Authorised use only.\nEverything is recorded.\n' }],
  ['a .bashrc that prints', { loginShell: (command) => ['bash', '-c', `${noise}; ${command}`] }],
  ['a login shell of another family', shellOf(foreign)],
  ['a login shell without exec', shellOf(withoutExec)],
  ['a login shell that sets variables of its own', { loginShell: (command) => ['bash', '-c', `IFS=x; ${command}`] }],
  [
    'a hostile environment',
    { environment: { ENV: '/nonexistent', CDPATH: '/tmp', LC_ALL: 'xx_XX', POSIXLY_CORRECT: '1' } },
  ],
])('%s does not matter', async (_title, options) => {
  expect(await tryIt(options)).toEqual(['a\n', 'b\n']);
});

test('an account that may not log in is told as such, with what it said', async () => {
  const error = await tryIt(shellOf(nologin));
  expect(error).toBeInstanceOf(ProvisionError);
  const { diagnostics } = error as ProvisionError;
  expect(diagnostics[0]).toMatchObject({
    code: 'PV4011',
    message: 'tester cannot start a shell on alfa',
    transcript: 'This account is currently not available.',
  });
});

test('a host that opens no further channel is told as such', async () => {
  const error = await tryIt({ maxSessions: 0 });
  expect((error as ProvisionError).diagnostics[0].code).toBe('PV4014');
});

test('a host that falls silent while its shell starts is lost, and not told to have none', async () => {
  const server = await startSshServer({ password: 'x', loginShell: () => ['sleep', '60'] });
  const connection = await connectTo(settingsFor(server, { password: 'x' }));
  const remote = await connection.remote();
  const asked = remote.query(['true']).catch((error: unknown) => error);
  await expect.poll(() => server.counts.sessions).toBe(1);
  server.fallSilent();
  expect(await asked).toBeInstanceOf(LostConnection);
  await connection.close();
  server.cut();
  await server.close();
}, 60_000);

async function effectsOver(options: TestServerOptions): Promise<{ readonly text: string; readonly failed: number }> {
  const server = await startSshServer({ password: 'x', ...options });
  const connection = await connectTo(settingsFor(server, { password: 'x' }));
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  const remote = await connection.remote();
  const append = (word: string) => remote.run(['sh', '-c', 'printf %s "$2" >>"$1"', 'x', file, word]);
  const work = [
    append('a'),
    append('b'),
    remote.run(['sh', '-c', 'cat >>"$1"', 'x', file], { stdin: 'c' }),
    append('d'),
  ];
  const settled = await Promise.allSettled(work);
  await connection.close();
  await server.close();
  return { text: readFileSync(file, 'utf8'), failed: settled.filter(({ status }) => status === 'rejected').length };
}

test('what left before it was known who reads it is done once, by the shell that follows', async () => {
  expect(await effectsOver(shellOf(withoutExec))).toEqual({ text: 'abcd', failed: 0 });
});

test('a program that takes requests for commands of its own does nothing of them', async () => {
  const thief = 'read -r a; read -r b; for i in 1 2; do read -r c; eval "$c"; done; exit 1';
  expect(await effectsOver({ loginShell: () => ['bash', '-c', thief] })).toEqual({ text: '', failed: 4 });
  expect(await effectsOver({ loginShell: () => ['dash', '-c', thief] })).toEqual({ text: '', failed: 4 });
});
