import { createHash } from 'node:crypto';
import type { Answer, Exchange, Part } from './exchange.ts';
import { shellWords } from './shell-text.ts';

export interface FileLook {
  readonly kind: 'stat' | 'digest' | 'text' | 'real';
  readonly path: string;
}

/** `absent`: the host itself says that there is no such file. */
export type FileAnswer = Answer | 'absent';

const timeouts = { stat: 60, digest: 1800, text: 60, real: 60 } as const;
const letters = { stat: 's', digest: 'd', text: 't', real: 'r' } as const;
const mostPaths = 200;

/** Several looks that are one request; those that are equal are one look. */
export class LookBatch implements Exchange {
  readonly reads = true;
  /** Each with its number, from 1. */
  private readonly paths = new Map<string, number>();
  private hasOdd = false;
  private readonly wanted = new Map<string, FileLook>();
  /** What the host is asked: whose text comes needs no process for its digest. */
  private readonly asked = new Map<string, FileLook>();
  private left = false;

  /** A name of two lines cannot be told from two names, so it is looked at alone. */
  takes({ path }: FileLook): boolean {
    return !this.left && !this.hasOdd && !isOdd(path) && this.paths.size < mostPaths;
  }

  /** The word by which the host answers it. */
  add(look: FileLook): string {
    const number = this.paths.get(look.path) ?? this.paths.size + 1;
    this.paths.set(look.path, number);
    this.hasOdd ||= isOdd(look.path);
    const word = `${letters[look.kind]}${number}`;
    this.wanted.set(word, look);
    if (look.kind === 'text') this.asked.delete(`${letters.digest}${number}`);
    if (look.kind !== 'digest' || !this.wanted.has(textWord(word))) this.asked.set(word, look);
    return word;
  }

  readonly command = (): string => {
    this.left = true;
    const [first, ...others] = this.asked.values();
    if (first && others.length === 0) return shellWords([`_${first.kind}`, first.path]);
    const paths = [...this.paths.keys()];
    const above = folderOfAll(paths);
    return shellWords([
      '_l',
      [...this.asked.keys()].join(' '),
      above,
      ...paths.map((path) => path.slice(above.length)),
    ]);
  };

  /** As long as one after the other might take. */
  get timeout(): number {
    return [...this.asked.values()].reduce((sum, { kind }) => sum + timeouts[kind], 0);
  }

  answerTo(word: string, answer: Answer): FileAnswer {
    if (!this.asked.has(word)) return digestOf(this.answerTo(textWord(word), answer));
    if (this.asked.size === 1) return answer;
    const own = answersIn(answer).get(word) ?? unanswered(answer);
    return own === 'directory' ? noContent(this.wanted.get(word)?.path ?? '') : own;
  }
}

/** The word for the text of the file whose digest a word asks for. */
function textWord(word: string): string {
  return word.replace(letters.digest, letters.text);
}

/** What the host would say of the digest, from what it says of the text. */
function digestOf(answer: FileAnswer): FileAnswer {
  if (answer === 'absent' || answer.exit !== 0 || answer.cut !== undefined) return answer;
  return { ...answer, stdout: Buffer.from(`${createHash('sha256').update(answer.stdout).digest('hex')}  -\n`) };
}

/** What all begin with, up to a slash, which need not be said again for each. */
function folderOfAll([first = '', ...others]: readonly string[]): string {
  let above = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of others) {
    while (!path.startsWith(above)) above = above.slice(0, above.slice(0, -1).lastIndexOf('/') + 1);
  }
  return above;
}

function isOdd(path: string): boolean {
  return path.includes('\n');
}

/** As the host says it of one alone. */
function noContent(path: string): Answer {
  return { exit: 1, stdout: Buffer.alloc(0), stderr: Buffer.from(`${path}: Is a directory\n`) };
}

/** `directory`: it has no content that one could look at. */
type PartAnswer = FileAnswer | 'directory';

const known = new WeakMap<Answer, ReadonlyMap<string, PartAnswer>>();

function answersIn(answer: Answer): ReadonlyMap<string, PartAnswer> {
  const found = known.get(answer) ?? new Map((answer.parts ?? []).flatMap(answersOf));
  known.set(answer, found);
  return found;
}

/** One process answers one look with all that it says, or several with a line each. */
function answersOf({ label, stdout, stderr }: Part): (readonly [string, PartAnswer])[] {
  const [status = '', ...words] = label.split(' ');
  if (status === 'A') return words.map((word) => [word, 'absent'] as const);
  if (status === 'D') return words.map((word) => [word, 'directory'] as const);
  if (status === 'F') return [];
  const exit = Number(status);
  if (words.length === 1) return words.map((word) => [word, { exit, stdout, stderr }] as const);
  const end = words[0]?.startsWith(letters.real) ? '\0' : '\n';
  const lines = stdout.toString('latin1').split(end);
  return words.map((word, index) => {
    const line = Buffer.from(`${lines[index]}${end}`, 'latin1');
    return [word, { exit, stdout: line, stderr }] as const;
  });
}

/** The request was stopped, or could not be carried out, before it got there. */
function unanswered({ exit, stderr, cut }: Answer): Answer {
  return { exit: exit || 1, stdout: Buffer.alloc(0), stderr, ...(cut !== undefined && { cut }) };
}
