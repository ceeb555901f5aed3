import { createHash } from 'node:crypto';
import { problem } from '../../src/core/diagnostic.ts';
import type { Look, Output, Stat } from '../../src/core/plan.ts';
import { quote } from '../../src/core/quote.ts';

/** `host:` of a read case: what the host answered when it was recorded. */
export interface RecordedHost {
  readonly commands?: readonly RecordedCommand[];
  /** By path; `null`: proved absent. */
  readonly files?: Readonly<Record<string, RecordedFile | null>>;
  readonly urls?: Readonly<Record<string, string | null>>;
}

export interface RecordedCommand {
  /** A list, or shell text as `quote` writes it. */
  readonly argv: readonly string[] | string;
  readonly stdin?: string;
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Left out: an ordinary file of root, mode 0644, whose size and digest follow from `text`. */
export interface RecordedFile extends Partial<Stat> {
  readonly text?: string;
  readonly digest?: string;
}

/** Answers from a recording; asked for anything else, it throws, and the test fails. */
export function recordedLook(host: RecordedHost): { look: Look; unasked(): string[] } {
  const asked = new Set<RecordedCommand>();
  const fileAt = (path: string): RecordedFile | null => {
    const file = host.files?.[path];
    if (file === undefined) throw new Error(`not recorded: the file ${path}`);
    return file;
  };
  const look: Look = {
    async query(argv, options = {}) {
      const text = quote(argv);
      const command = host.commands?.find((item) => sameCommand(item, text, options.stdin));
      if (!command) throw new Error(`not recorded: the command\n${text}\nas a list: ${JSON.stringify(argv)}`);
      asked.add(command);
      return accepted(command, text, options.exits ?? [0]);
    },
    stat: async (path) => statOf(fileAt(path)),
    digest: async (path) => digestOf(fileAt(path)),
    readText: async (path) => fileAt(path)?.text,
    async fetchText(url) {
      const text = host.urls?.[url];
      if (text === undefined) throw new Error(`not recorded: the URL ${url}`);
      if (text === null) throw problem('PV5001', `cannot fetch ${url}`);
      return text;
    },
  };
  const unasked = (): string[] =>
    (host.commands ?? []).filter((item) => !asked.has(item)).map(({ argv }) => textOf(argv));
  return { look, unasked };
}

function textOf(argv: readonly string[] | string): string {
  return typeof argv === 'string' ? argv.trim() : quote(argv);
}

function sameCommand(item: RecordedCommand, text: string, stdin: string | undefined): boolean {
  return textOf(item.argv) === text && item.stdin === stdin;
}

function accepted(command: RecordedCommand, text: string, exits: readonly number[]): Output {
  const { exit = 0, stdout = '', stderr = '' } = command;
  if (!exits.includes(exit)) throw problem('PV5001', `\`${text}\` ended with exit status ${exit}: ${stderr.trim()}`);
  return { exit, stdout, stderr };
}

function statOf(file: RecordedFile | null): Stat | undefined {
  if (!file) return undefined;
  const { text = '', digest: _, ...stat } = file;
  const size = Buffer.byteLength(text);
  return { kind: 'file', mode: '0644', owner: 'root', group: 'root', size, ...stat };
}

function digestOf(file: RecordedFile | null): string | undefined {
  if (!file || (file.kind ?? 'file') !== 'file') return undefined;
  return (
    file.digest ??
    createHash('sha256')
      .update(file.text ?? '')
      .digest('hex')
  );
}
