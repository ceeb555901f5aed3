import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Link } from '../../src/transport/channel.ts';
import type { Answer } from '../../src/transport/exchange.ts';
import type { Identity } from '../../src/transport/identity.ts';
import { shellWords } from '../../src/transport/shell-text.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { identityOver, links, shells } from '../support/transport.ts';

const password = 'open sesame';
const megabyte = 1024 * 1024;

const words: readonly (readonly [title: string, word: string])[] = [
  ['nothing', ''],
  ['a space', 'a b'],
  ['a line feed', 'a\nb\n\nc'],
  ['a line feed at the end', 'a\n'],
  ['both kinds of quotes', `it's "quoted"`],
  ['a variable and a command', '$HOME $(id) `id`'],
  ['patterns', '* ? [a-z] ~ {a,b}'],
  ['backslashes', 'a\\nb\\\\ \\'],
  ['a hyphen at the front', '-n'],
  ['operators', 'a;b&c|d>e<f(g)!h#i'],
  ['letters of many kinds', 'Áą Ĉ漢字 🐧'],
  ['a tab and a carriage return', 'a\tb\r'],
  ['a reserved word', 'done'],
  ['an assignment', 'A=b'],
];

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

test('dash and bash are here to be tried', () => {
  expect(shells).toEqual(expect.arrayContaining(['dash', 'bash --norc']));
});

let server: TestServer;
beforeAll(async () => {
  server = await startSshServer({ password });
});
afterAll(() => server.close());

describe.each(links.flatMap(({ name, open }) => shells.map((shell) => ({ way: `${name}, ${shell}`, shell, open }))))(
  'a session over $way',
  ({ shell, open }) => {
    let link: Link;
    let identity: Identity;
    beforeEach(async () => {
      link = await open(server, password);
      identity = identityOver(link, shell);
      await identity.current().started();
    });
    afterEach(async () => {
      identity.close();
      await link.close();
    });

    const run = (argv: readonly string[], stdin?: Uint8Array): Promise<Answer> =>
      identity.exchange({ command: shellWords(argv), ...(stdin && { stdin }) });
    const script = (text: string, ...more: readonly string[]): Promise<Answer> => run(['sh', '-c', text, 'x', ...more]);

    test('passes every word on unchanged', async () => {
      const answers = await Promise.all(words.map(([, word]) => run(['printf', '%s', word])));
      expect(answers.map(({ stdout }) => stdout.toString())).toEqual(words.map(([, word]) => word));
    });

    test('keeps standard output, standard error and the exit status apart', async () => {
      const answer = await script('echo out; echo err >&2; exit 7');
      expect({ ...answer, stdout: answer.stdout.toString(), stderr: answer.stderr.toString() }).toEqual({
        exit: 7,
        stdout: 'out\n',
        stderr: 'err\n',
      });
    });

    test('keeps output that has no line feed at its end', async () => {
      const [first, second] = await Promise.all([script('printf a; printf b >&2'), script('printf c')]);
      expect([first.stdout, first.stderr, second.stdout].map(String)).toEqual(['a', 'b', 'c']);
    });

    test('answers two hundred requests sent together, each with its own answer', async () => {
      const numbers = Array.from({ length: 200 }, (_, number) => number);
      const answers = await Promise.all(numbers.map((number) => script('echo "$1"; exit $(($1 % 5))', String(number))));
      expect(answers.map(({ stdout, exit }) => [stdout.toString(), exit])).toEqual(
        numbers.map((number) => [`${number}\n`, number % 5]),
      );
    });

    test('carries five megabytes of any bytes in and out', async () => {
      const bytes = randomBytes(5 * megabyte + 7);
      const [answer, after] = await Promise.all([run(['cat'], bytes), run(['echo', 'after'])]);
      expect(answer.stdout.equals(bytes)).toBe(true);
      expect(String(after.stdout)).toBe('after\n');
    });

    test.each([0, 1, 9, 65_536, 65_537, megabyte, megabyte + 1])('carries %i bytes in exactly', async (size) => {
      const bytes = randomBytes(size);
      const [answer, after] = await Promise.all([run(['cat'], bytes), run(['echo', 'after'])]);
      expect(answer.stdout.equals(bytes)).toBe(true);
      expect(String(after.stdout)).toBe('after\n');
    });

    test.each([
      ['reads none of it', 'exit 3', ''],
      ['reads a line of it', 'read -r line; echo "$line"; exit 3', 'one\n'],
      ['closes it', 'exec <&-; exit 3', ''],
    ])('finds the next request behind the input of a command that %s', async (_title, text, output) => {
      const input = Buffer.concat([Buffer.from('one\n'), Buffer.alloc(3 * megabyte, 'exit\n')]);
      const [answer, after] = await Promise.all([run(['sh', '-c', text], input), run(['echo', 'after'])]);
      expect([answer.exit, String(answer.stdout)]).toEqual([3, output]);
      expect(String(after.stdout)).toBe('after\n');
    });

    test('gives a command nothing to read where it was given nothing', async () => {
      const [answer, after] = await Promise.all([run(['cat']), run(['echo', 'after'])]);
      expect([answer.exit, answer.stdout.length, String(after.stdout)]).toEqual([0, 0, 'after\n']);
    });

    test('is not confused by output that looks like its marks', async () => {
      const fakes = '\x1eB1\n\x1eE1 0\n\x1e0123456789abcdef0123456789abcdefE1 0\n\x1e\x1e\x1e';
      const answer = await script('printf %s "$1"; printf %s "$1" >&2', fakes);
      expect([String(answer.stdout), String(answer.stderr)]).toEqual([fakes, fakes]);
    });

    test('is not changed by what a command does to its own shell', async () => {
      await identity.exchange({ command: "'cd' /tmp; 'umask' 077; A=b; 'exit' 3" });
      const answer = await script('pwd; umask; echo "$A"');
      expect(String(answer.stdout)).toBe('/\n0022\n\n');
    });

    test('takes nothing of the login environment along but who we are', async () => {
      const { stdout } = await run(['env']);
      const names = String(stdout)
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0]);
      const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_', 'BB_ASH_VERSION', 'OPTIND', 'PS4', '_AST_FEATURES', 'A__z'];
      expect(names.filter((name) => !ofTheShell.includes(name ?? '')).sort()).toEqual([
        'HOME',
        'LC_ALL',
        'LOGNAME',
        'PATH',
        'USER',
      ]);
      expect(String(stdout)).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:');
    });

    test('does not wait for what a command leaves in the background, nor take its output for another answer', async () => {
      const first = await script('(sleep 0.3; echo late; echo late >&2) & echo at once');
      await new Promise((resolve) => setTimeout(resolve, 600));
      const second = await run(['echo', 'second']);
      expect([first, second].map(({ stdout, stderr }) => `${stdout}${stderr}`)).toEqual(['at once\n', 'second\n']);
    });

    test('survives fifty megabytes on both streams at once', async () => {
      const flood = 'dd if=/dev/zero bs=1048576 count=25 2>/dev/null';
      const answer = await script(`{ ${flood}; } >&2 & ${flood}; wait`);
      expect([answer.stdout.length, answer.stderr.length, answer.exit]).toEqual([25 * megabyte, 25 * megabyte, 0]);
    });

    test('ends a command that takes too long, and what it started, and goes on', async () => {
      const started = performance.now();
      const mark = `60.${shell.length}${randomBytes(3).readUIntBE(0, 3)}`;
      const [answer, after] = await Promise.all([
        identity.exchange({ command: shellWords(['sh', '-c', `sleep ${mark}; sleep ${mark}`]), timeout: 0.3 }),
        run(['echo', 'after']),
      ]);
      expect([answer.cut, String(after.stdout)]).toEqual(['timeout', 'after\n']);
      expect(performance.now() - started).toBeLessThan(8_000);
      await vi.waitFor(() => expect(commandLines().filter((line) => line.includes(mark))).toEqual([]));
    });

    test('ends a command that ignores the polite signal', async () => {
      const command = shellWords(['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']);
      const answer = await identity.exchange({ command, timeout: 0.2 });
      expect([answer.cut, answer.exit]).toEqual(['timeout', 137]);
    });

    test('ends a command that takes too long to read its input, and goes on', async () => {
      const command = shellWords(['sleep', '60']);
      const [answer, after] = await Promise.all([
        identity.exchange({ command, stdin: randomBytes(3 * megabyte), timeout: 0.3 }),
        run(['echo', 'after']),
      ]);
      expect([answer.cut, String(after.stdout)]).toEqual(['timeout', 'after\n']);
    });

    test('counts the time of a command from its start, not from when it was sent', async () => {
      const [, second] = await Promise.all([
        script('sleep 0.6'),
        identity.exchange({ command: shellWords(['echo', 'second']), timeout: 0.4 }),
      ]);
      expect([second.cut, String(second.stdout)]).toEqual([undefined, 'second\n']);
    });

    test('stops a command whose signal is aborted', async () => {
      const stop = new AbortController();
      const answer = identity.exchange({ command: shellWords(['sleep', '60']), signal: stop.signal });
      setTimeout(() => stop.abort(), 200);
      expect((await answer).cut).toBe('abort');
      expect(String((await run(['echo', 'after'])).stdout)).toBe('after\n');
    });

    test('stops a command that writes without end', async () => {
      const answer = await script('while :; do dd if=/dev/zero bs=1048576 count=8 2>/dev/null; done');
      expect([answer.cut, answer.stdout.length]).toEqual(['flood', 0]);
      expect(String((await run(['echo', 'after'])).stdout)).toBe('after\n');
    }, 60_000);

    test('tells lines as they come, also the last one without an end', async () => {
      const lines: string[] = [];
      const command = shellWords(['sh', '-c', 'printf "one\\r\\ntw"; sleep 0.1; printf "o\\nthree"']);
      await identity.apart((exchange) => exchange({ command, onLine: (line) => lines.push(line) }));
      expect(lines).toEqual(['one', 'two', 'three']);
    });
  },
);
