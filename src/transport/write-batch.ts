import { type Answer, type ChainLink, type Exchange, passedOver } from './exchange.ts';
import { shellWords } from './shell-text.ts';
import { writeLibrary } from './write-library.ts';

/** A short file, and how it is put in place. */
export interface ShortFile {
  readonly path: string;
  readonly temporary: string;
  readonly text: string;
  /** Rights that it is not to have from its beginning, as `umask` says them. */
  readonly withheld: string;
  /** Shell text that puts the temporary file in place. */
  readonly install: string;
}

/** How a link of a chain goes to the host. */
export type Way = Pick<Exchange, 'timeout' | 'signal' | 'link'>;

/** A file, or tests that only the shell itself makes. */
export type Item = ShortFile | { readonly tests: string };

/** One request is one line, which the shell keeps as long as it works. */
const mostItems = 100;
const mostText = 256 * 1024;

/**
 * Short files that are written right behind one another, and tests between them, as one request: the files are made ready
 * together, and after that each item has its turn, up to one that fails.
 */
export class WriteBatch implements Exchange {
  readonly needs = writeLibrary;
  readonly signal?: AbortSignal;
  readonly link?: ChainLink;
  private readonly items: Item[] = [];
  private seconds = 0;
  private size = 0;
  private left = false;

  constructor({ signal, link }: Way) {
    if (signal) this.signal = signal;
    if (link) this.link = link;
  }

  /** Only what is of the same chain goes together: what is of none waits for its own answer. */
  takes({ signal = this.signal, link }: Way): boolean {
    const same = link !== undefined && link.chain === this.link?.chain && signal === this.signal;
    return same && !this.left && this.items.length < mostItems && this.size < mostText;
  }

  /** The number by which the host answers it. */
  add(item: Item, { timeout = 0 }: Way): number {
    this.seconds += timeout;
    this.size += ('text' in item ? item.text : item.tests).length;
    return this.items.push(item);
  }

  /** As long as one after the other might take. */
  get timeout(): number {
    return this.seconds;
  }

  readonly command = (): string => {
    this.left = true;
    const [first, ...others] = this.items;
    if (first && others.length === 0) return alone(first);
    return [...['_many', ...this.items.flatMap(made)], ...['_ready', ...this.items.map(turn)], 'trap - 0'].join('; ');
  };

  answerTo(number: number, answer: Answer): Answer {
    if (this.items.length === 1 || answer.skipped) return answer;
    const { parts = [], cut } = answer;
    const part = parts.find(({ label }) => label.endsWith(` ${number}`));
    const stopped = cut !== undefined && { cut };
    if (part) {
      const exit = Number.parseInt(part.label, 10);
      return { exit, stdout: part.stdout, stderr: part.stderr, ...(exit !== 0 && stopped) };
    }
    const brokenBefore = parts.length !== number - 1 || parts.some(({ label }) => !label.startsWith('0 '));
    return brokenBefore ? passedOver : { ...answer, exit: answer.exit || 1 };
  }
}

function alone(item: Item): string {
  if ('tests' in item) return item.tests;
  const { temporary, text, withheld, install } = item;
  return `${shellWords(['_guard', temporary])}; ${shellWords(['_put', text, withheld])} && ${install} && trap - 0`;
}

function made(item: Item): readonly string[] {
  return 'tests' in item ? [] : [shellWords(['_make', item.temporary, item.text, item.withheld, item.path])];
}

function turn(item: Item): string {
  return `${'tests' in item ? `{ ${item.tests}; } || exit` : `_next; ${item.install} || exit`}; _told`;
}
