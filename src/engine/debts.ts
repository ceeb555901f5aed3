import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { StepSent, TaskPlace } from '../core/event.ts';
import type { Step } from '../core/plan.ts';
import type { Play } from '../load/playbook.ts';
import { type Debt, type PlayKey, playKey, readDebt, type UnsureCommand, writeDebt } from './debt-file.ts';
import { tellDebts } from './tell-debts.ts';

/** Where debts are kept, and who is told of them. */
export interface DebtBook {
  /** Left out: nothing is kept. */
  readonly folder?: string;
  readonly run: string;
  /** Check mode shows what is owed and settles nothing. */
  readonly check: boolean;
  /** Writes a line of the journal before anything else happens. */
  readonly sent: (line: StepSent) => void;
  readonly warn: (diagnostic: Diagnostic) => void;
}

/** A task on a host that is about to send a step, or has. */
export interface Sender {
  readonly place: TaskPlace;
  /** Which pass through the loops around it. */
  readonly pass: string;
  /** The handlers that are notified if it changes something. */
  readonly handlers: readonly string[];
}

/** How a task ended: `undone` where it was given up before anything was done. */
export type SenderEnd = 'done' | 'failed' | 'unreachable' | 'undone';

/** A step of a task, or of an item of its loop, as it may be told. */
export interface Sending {
  readonly step: Step;
  readonly title: string;
  readonly item?: number;
}

interface Host {
  readonly name: string;
  readonly notified: Set<string>;
}

/** Of one host, in one play. */
interface Account {
  readonly handlers: Set<string>;
  /** Commands of an earlier run, until their task sends one again. */
  earlier: readonly UnsureCommand[];
  /** Tasks of which a step was sent, until they have ended. */
  readonly senders: Map<Sender, readonly UnsureCommand[]>;
  written: string;
}

/**
 * What the hosts of a play owe to it: handlers that were notified and have not run. It is written down before the step
 * leaves that may change something, so that it outlives a run that fails or is killed; the next that meets the play pays.
 */
export class Debts {
  private readonly key: PlayKey;
  private readonly known: ReadonlySet<string>;
  private readonly book: DebtBook;
  private readonly accounts = new Map<string, Account>();

  constructor(play: Play, plays: readonly Play[], book: DebtBook) {
    this.key = playKey(play, plays);
    this.known = new Set(play.handlers.map(({ name }) => name));
    this.book = book;
  }

  /** Hosts begin the play: what they owe from an earlier run counts as notified, and is told and returned. */
  begin(hosts: readonly Host[]): Readonly<Record<string, readonly string[]>> {
    const debts = hosts.flatMap((host) => {
      const debt = this.read(host.name);
      if (!debt) return [];
      const handlers = debt.handlers.filter((name) => this.known.has(name));
      for (const name of handlers) host.notified.add(name);
      const account = {
        handlers: new Set(handlers),
        earlier: debt.commands,
        senders: new Map(),
        written: textOf(debt),
      };
      this.accounts.set(host.name, account);
      return [{ ...debt, host: host.name, handlers, gone: debt.handlers.filter((name) => !this.known.has(name)) }];
    });
    tellDebts(debts, this.book.warn);
    return Object.fromEntries(debts.map(({ host, handlers }) => [host, handlers]));
  }

  /** A step is about to leave: from here on, nobody knows whether it was carried out until its task has ended. */
  sent(sender: Sender, { step, title, item }: Sending): void {
    const { place, pass, handlers } = sender;
    const unsure = step.everyRun !== undefined && place.module === 'shell.command';
    this.book.sent({
      event: 'step.sent',
      ...place,
      step: title,
      ...(pass !== '' && { pass }),
      ...(item !== undefined && { item }),
      ...(unsure && { unsure }),
    });
    if (step.counts === false || (handlers.length === 0 && !unsure)) return;
    const account = this.account(place.host);
    const commands = account.senders.get(sender) ?? [];
    const again = commands.some(({ step }) => step === title);
    account.senders.set(sender, unsure && !again ? [...commands, { task: place.task, step: title }] : commands);
    if (unsure) account.earlier = account.earlier.filter(({ task }) => task !== place.task);
    this.write(place.host);
  }

  /** A task has ended, and the host has been notified of what it must be. */
  ended(sender: Sender, end: SenderEnd, { name, notified }: Host): void {
    const known = this.accounts.get(name);
    if (!known && notified.size === 0) return;
    const account = known ?? this.account(name);
    const commands = account.senders.get(sender);
    account.senders.delete(sender);
    for (const handler of notified) account.handlers.add(handler);
    // It may have changed something before it failed, and would find that as it should be next time.
    const failed = end === 'failed' || end === 'unreachable';
    if (failed && commands) for (const handler of sender.handlers) account.handlers.add(handler);
    if (end === 'unreachable' && commands) account.earlier = [...account.earlier, ...commands];
    this.write(name);
  }

  /** A handler has run to its end. */
  paid(handler: string, host: Host): void {
    if (this.accounts.get(host.name)?.handlers.delete(handler)) this.write(host.name);
  }

  /** The host has ended the play; one that is well owes nothing. */
  end(host: string, well: boolean): void {
    const account = this.accounts.get(host);
    if (!account || !well) return;
    account.handlers.clear();
    account.senders.clear();
    account.earlier = [];
    this.write(host);
  }

  private account(host: string): Account {
    const known = this.accounts.get(host);
    if (known) return known;
    const account: Account = { handlers: new Set(), earlier: [], senders: new Map(), written: '' };
    this.accounts.set(host, account);
    return account;
  }

  private read(host: string): Debt | undefined {
    const { folder } = this.book;
    return folder === undefined ? undefined : this.attempt(() => readDebt(folder, host, this.key));
  }

  private write(host: string): void {
    const { folder, run, check } = this.book;
    const account = this.accounts.get(host);
    if (folder === undefined || check || !account) return;
    const senders = [...account.senders];
    const handlers = new Set([...account.handlers, ...senders.flatMap(([sender]) => sender.handlers)]);
    const commands = [...account.earlier, ...senders.flatMap(([, unsure]) => unsure)];
    const debt = { ...this.key, run, handlers: [...handlers], commands };
    const text = textOf(debt);
    if (text === account.written) return;
    account.written = text;
    this.attempt(() => writeDebt(folder, host, debt));
  }

  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const message = `what hosts owe to handlers cannot be kept in ${this.book.folder}: ${(error as Error).message}`;
      this.book.warn(problem('PV0005', message).diagnostics[0]);
      return undefined;
    }
  }
}

function textOf({ handlers, commands }: Pick<Debt, 'handlers' | 'commands'>): string {
  return handlers.length + commands.length > 0 ? JSON.stringify([handlers, commands]) : '';
}
