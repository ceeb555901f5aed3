import { problem } from '../core/diagnostic.ts';
import type { Chain, FileWrite, Output, Remote, RunOptions, WriteOptions } from '../core/plan.ts';
import { describe, expectOutput } from './command-result.ts';
import { downloadUrl, fetchText } from './http.ts';
import type { Identity } from './identity.ts';
import { digest, query, readFrom, readText, realPath, type Shell, stat } from './look.ts';
import type { Source } from './outbox.ts';
import { shellWords } from './shell-text.ts';
import { stillSo } from './still-so.ts';
import { streamFile, writeFile } from './write.ts';

const stepTimeout = 300;

/** Eyes and hands of one user on one host. */
export function createRemote(identity: Identity): Remote {
  return {
    query: (argv, options) => query(identity, argv, options),
    stat: (path) => stat(identity, path),
    digest: (path) => digest(identity, path),
    readText: (path) => readText(identity, path),
    realPath: (path) => realPath(identity, path),
    readFrom: (path, offset) => readFrom(identity, path, offset),
    fetchText,
    chain: () => identity.chains.begin(),
    stillSo: (seen, chain) => stillSo(identity, seen, chain),
    run: (argv, options = {}) => {
      if (!options.lasting) return run(identity, argv, { timeout: stepTimeout, ...options });
      // What is part of a chain keeps its place in it, however long it lasts.
      if (options.chain) return run(identity, argv, options);
      return identity.apart((exchange) => run({ host: identity.host, exchange }, argv, options));
    },
    write: (file, options = {}) => write(identity, file, options),
    listenOn: (path, onConnection) => identity.link.listenOn(path, onConnection),
    connectTo: (path) => identity.link.connectTo(path),
  };
}

/** What goes its own way is no part of any order. */
function refuseChain(chain: Chain | undefined, what: string): void {
  if (chain) throw problem('PV9001', `${what} was made part of a chain`);
}

async function run(shell: Shell, argv: readonly string[], options: RunOptions): Promise<Output> {
  const { called = `\`${describe(argv)}\``, stdin, timeout, signal, onLine, onBytes, exits = [0], chain } = options;
  const answer = await shell.exchange({
    command: commandText(argv, options),
    ...(stdin !== undefined && { stdin: sourceOf(stdin, signal) }),
    ...(timeout !== undefined && { timeout }),
    ...(signal && { signal }),
    ...(onLine && { onLine }),
    ...(onBytes && { onBytes }),
    ...(chain && { link: { chain, exits } }),
  });
  return expectOutput(answer, { title: called, host: shell.host, exits, timeout });
}

/** Values go through the shell's standard input as everything does: never into the argv of a process. */
function commandText(argv: readonly string[], { environment = {}, directory }: RunOptions): string {
  const assignments = Object.entries(environment).map(assignment);
  const steps = directory === undefined ? assignments : [`cd ${shellWords(['--', directory])}`, ...assignments];
  // In the place of the subshell: a process less.
  return [...steps, `exec ${shellWords(argv)}`].join(' && ');
}

function assignment([name, value]: [string, string]): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `export ${name}=${shellWords([value])}`;
  throw problem('PV5027', `\`${name}\` cannot be the name of an environment variable`, {
    help: 'letters, digits and _ only, no digit first',
  });
}

async function write(identity: Identity, file: FileWrite, options: WriteOptions): Promise<void> {
  const { content } = file;
  if (typeof content === 'string' || content instanceof Uint8Array) {
    return writeFile(identity, file, { ...options, content });
  }
  const { signal, chain } = options;
  refuseChain(chain, 'a file from a URL');
  return identity.apart((exchange) =>
    streamFile({ host: identity.host, exchange }, file, { url: content.url, signal }),
  );
}

function sourceOf(content: NonNullable<RunOptions['stdin']>, signal: AbortSignal | undefined): Source {
  if (typeof content === 'string') return Buffer.from(content);
  if ('flow' in content) return content.flow;
  return content instanceof Uint8Array ? content : downloadUrl(content.url, signal);
}
