import type { Duplex } from 'node:stream';
import type { Diagnostic } from './diagnostic.ts';

export type Seconds = number;

/** What a command left behind. */
export interface Output {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory entry, itself not followed when it is a link. */
export interface Stat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Four octal digits: `0644`. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** Where a link leads, as it is written there. */
  readonly target?: string;
}

export interface QueryOptions {
  /** Exit statuses that are an answer; any other is an error (PV5001). Default `[0]`. */
  readonly exits?: readonly number[];
  readonly stdin?: string;
  /** Default 60. */
  readonly timeout?: Seconds;
  /** What it looks at, in the words of `Step.touches`; left out: anything. */
  readonly sees?: readonly string[];
}

/** One call of `Look`, as data. */
export type LookCall =
  | { readonly kind: 'stat' | 'digest' | 'readText'; readonly path: string }
  | { readonly kind: 'query'; readonly argv: readonly string[]; readonly options?: QueryOptions }
  | { readonly kind: 'fetchText'; readonly url: string };

/** A look, and how it was answered, or how it is taken to be answered now. */
export interface SeenBefore {
  readonly call: LookCall;
  readonly answer: unknown;
}

/**
 * All a module ever gets: eyes. Calls made together (`Promise.all`) share one round trip. A query must only read: that
 * is its author's word. Absence is proved (`undefined`), never inferred from a failure.
 */
export interface Look {
  query(argv: readonly string[], options?: QueryOptions): Promise<Output>;
  stat(path: string): Promise<Stat | undefined>;
  /** SHA-256 in hex of a regular file. */
  digest(path: string): Promise<string | undefined>;
  readText(path: string): Promise<string | undefined>;
  /** The text behind a URL, fetched by the controller. Throws when it cannot be had. */
  fetchText(url: string): Promise<string>;
}

/** What goes into a file or a command: text, bytes, or what the controller finds behind a URL, streamed. */
export type Content = string | Uint8Array | { readonly url: string };

/** Bytes as they arrive: they are asked for no faster than they are taken. */
export type Flow = AsyncIterable<Uint8Array>;

export interface RunOptions {
  /** What a message calls the command; the command itself when left out. */
  readonly called?: string;
  /** A flow for lasting runs only. */
  readonly stdin?: Content | { readonly flow: Flow };
  /** Default 300 for a step, none for a lasting one. */
  readonly timeout?: Seconds;
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** May take longer than a second: goes over a channel of its own, so that others on this machine keep moving. */
  readonly lasting?: boolean;
  /** Default `[0]`. */
  readonly exits?: readonly number[];
  /** Lines as they arrive (lasting runs only). */
  readonly onLine?: (line: string) => void;
  /** What it writes on standard output, which then is not kept (lasting runs only): no more is read before it resolves. */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>;
  /** Stops the command. */
  readonly signal?: AbortSignal;
  /** Runs only if nothing of this chain has failed before; not with `lasting`. */
  readonly chain?: Chain;
}

/**
 * Effects that leave without waiting for each other. As soon as one of them fails (an exit status that is not among its
 * `exits`, or stopped), the host itself passes over the later ones: they are already on their way.
 */
export interface Chain {
  readonly number: number;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** As for a run; not with a URL. */
  readonly chain?: Chain;
}

/** A file put in place whole: temporary name in the same folder, synced, owner and mode set, checked, renamed. */
export interface FileWrite {
  readonly path: string;
  readonly content: Content;
  /** Default: what the file has now, else `0644`. */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Run on the temporary file before it counts; `%s` stands for its path. */
  readonly validate?: readonly string[];
  /** Hex; checked on the host before the file counts. */
  readonly sha256?: string;
}

/** UNIX sockets of a host, for the user who logs in there, as whomever one acts. */
export interface Sockets {
  /** Makes one, and is given whoever connects to it, until what it resolves to is called. */
  listenOn(path: string, onConnection: (conversation: Duplex) => void): Promise<() => Promise<void>>;
  connectTo(path: string): Promise<Duplex>;
}

/**
 * Eyes and hands: the engine's alone. Looks and effects are carried out in the order of their calls, whether or not one
 * waits for the other; only `lasting` runs and writes from a URL go their own way.
 */
export interface Remote extends Look, Sockets {
  /** A chain of effects that nothing has broken yet. */
  chain(): Chain;
  /** Breaks the chain, and rejects with `ChangedMeanwhile`, unless the host would still answer all these looks so. */
  stillSo(seen: readonly SeenBefore[], chain: Chain): Promise<void>;
  run(argv: readonly string[], options?: RunOptions): Promise<Output>;
  write(file: FileWrite, options?: WriteOptions): Promise<void>;
  /** Where a path really leads, links resolved, whatever is there or is not; `undefined` where the host cannot tell. */
  realPath(path: string): Promise<string | undefined>;
  /** Bytes of a growing file from `offset` on, at most 256 KiB; `undefined` while there is no such file. */
  readFrom(path: string, offset: number): Promise<Uint8Array | undefined>;
}

/** How far something long has got, for the host's row on the screen. */
export interface Progress {
  readonly phase: string;
  /** 0 to 100, where it is known. */
  readonly percent?: number;
  readonly line?: string;
  /** Seconds that it will take yet, by what earlier ones of its kind took. */
  readonly left?: Seconds;
}

/** A point that something long has passed: which phase, the how manieth time that one was entered, and when. */
export interface Milestone {
  readonly phase: string;
  readonly nth: number;
  readonly percent?: number;
  /** Seconds from the beginning. */
  readonly at: Seconds;
}

/** How long it took in all, and to each of its milestones. */
export interface Pace {
  readonly total: Seconds;
  readonly milestones: readonly Milestone[];
}

/** What the project keeps of something followed: all that its log says, and how long its kind takes. */
export interface Keep {
  /** Who it is about. */
  readonly name: string;
  /** When it began, by the clock of the host: tells it from others of this name. */
  readonly began: string;
  /** Small letters, digits and hyphens. */
  readonly kind: string;
}

/** What one look at something followed brought. */
export interface Seen {
  /** Text that the log gained since the last look; bytes that are not UTF-8 come as U+FFFD. */
  readonly text: string;
  /** What `query` answered, whatever its exit status. */
  readonly output?: Output;
  /** Seconds since following began. */
  readonly elapsed: Seconds;
  /** Host keys that the project has pinned for `pinFor`: `ssh-ed25519 AAAA…`. */
  readonly pinned: readonly string[];
  /** How earlier ones of its kind went, where something is kept of it. */
  readonly earlier?: readonly Pace[];
}

export type Verdict =
  | { readonly kind: 'more'; readonly progress?: Progress }
  /** `hostKeys`: public keys to pin for `pinFor` in the project, replacing what was pinned. */
  | { readonly kind: 'done'; readonly hostKeys?: readonly string[]; readonly pace?: Pace }
  | { readonly kind: 'failed'; readonly diagnostic: Diagnostic };

/** Proof that one still gets in: a login of its own to the same host as the same user, closed after the work. */
export type FreshLogin = <T>(work: (remote: Remote) => Promise<T>) => Promise<T>;

/** Another host of the inventory, held by this run as long as the work takes. */
export type Elsewhere = <T>(host: string, work: (remote: Remote) => Promise<T>) => Promise<T>;

/** What an act is given besides the remote and the host's row. */
export interface ActContext {
  readonly signal?: AbortSignal;
  readonly fresh: FreshLogin;
  readonly elsewhere: Elsewhere;
}

/** Everything that can be done to a host, as data. Only the engine performs it. */
export type Effect =
  | ({ readonly kind: 'run'; readonly argv: readonly string[] } & Omit<
      RunOptions,
      'onLine' | 'onBytes' | 'signal' | 'chain'
    >)
  | ({ readonly kind: 'write' } & FileWrite)
  | {
      /** Waits, by short looks, until the judge has seen enough. */
      readonly kind: 'follow';
      /** A growing file, read from its beginning. */
      readonly log?: string;
      /** Asked at every look. */
      readonly query?: readonly string[];
      readonly every: Seconds;
      /** Gives up after this time. */
      readonly within: Seconds;
      readonly pinFor?: string;
      readonly keep?: Keep;
      /** A fresh judge, which may remember what it saw. */
      readonly judge: () => (seen: Seen) => Verdict;
      /** The failure when `within` has passed. */
      readonly late: () => Diagnostic;
    }
  | {
      /** What cannot be data; rare. */
      readonly kind: 'custom';
      readonly name: string;
      readonly act: (remote: Remote, progress: (progress: Progress) => void, context: ActContext) => Promise<void>;
    };

/** What the other hypervisors of the inventory are asked before something is made that there may be only one of. */
export interface AskedElsewhere {
  readonly query: readonly string[];
  /** Why it must not be made, by the answer of one of them. */
  readonly judge: (output: Output, hypervisor: string) => Diagnostic | undefined;
}

/** One change, described before it is made. */
export interface Step {
  /** What it does, as a sentence without a full stop: `create volume vms/everest.qcow2 (100 GiB)`. */
  readonly title: string;
  /** Text for `--diff`: what is there and what will be. */
  readonly before?: string;
  readonly after?: string;
  readonly effect: Effect;
  /**
   * All that it touches: `path:/etc/x` (with what is below), `link:/etc/x` too where it makes or removes a symbolic link
   * there, `chain:nat/PROVISION`; left out: anything may have changed.
   */
  readonly touches?: readonly string[];
  /** How looks at what it touches will most likely be answered after it; the host confirms what is built upon that. */
  readonly leaves?: readonly SeenBefore[];
  /** Asked at the task unless `-y`; for what destroys. */
  readonly confirm?: string;
  /** What is to be typed for a yes: the name of what goes away. */
  readonly typed?: string;
  /** Wanted on every run, and why (a bare command, a restart): the proof leaves it out. */
  readonly everyRun?: string;
  /** A wait is not a change. */
  readonly counts?: false;
  readonly unlessElsewhere?: AskedElsewhere;
}
