import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { StepSent, TaskPlace } from '../core/event.ts';
import type { Step } from '../core/plan.ts';
import type { Play } from '../load/playbook.ts';
import { type Debt, type PlayKey, playKey, readDebt, type UnsureCommand, writeDebt } from './debt-file.ts';
import type { PutOff } from './put-off.ts';
import type { Replay } from './replay.ts';
import { tellDebts } from './tell-debts.ts';

/** Where debts are kept, and who is told of them. */
export interface DebtBook {
  /** Left out: nothing is kept. */
  readonly folder?: string;
  readonly run: string;
  /** Check mode shows what is owed and settles nothing. */
  readonly check: boolean;
  /** Puts a line into the journal before the step leaves. */
  readonly sent: (line: StepSent) => void;
  readonly warn: (diagnostic: Diagnostic) => void;
  /** Settled before a request leaves for a host. */
  readonly putOff: PutOff;
}

/** A task on a host that is about to send a step, or has. */
export interface Sender {
  readonly place: TaskPlace;
  /** In its play. */
  readonly number: number;
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
  readonly replay?: Replay;
}

/** Of one host, in one play. */
interface Account {
  readonly handlers: Set<string>;
  /** Commands of an earlier run, until their task sends one again. */
  earlier: readonly UnsureCommand[];
  /** Tasks of which a step was sent, until they have ended. */
  readonly senders: Map<Sender, readonly UnsureCommand[]>;
  written: string;
  readonly write: () => void;
}

/**
 * What the hosts of a play owe to it: handlers that were notified and have not run. It is written down before the step
 * leaves that may change something, so that it outlives a run that fails or is killed; the next that meets the play pays.
 */
export class Debts {
  private readonly key: PlayKey;
  private readonly number: number;
  private readonly known: ReadonlySet<string>;
  private readonly book: DebtBook;
  private readonly accounts = new Map<string, Account>();

  constructor(play: Play, plays: readonly Play[], book: DebtBook) {
    this.key = playKey(play, plays);
    this.number = plays.indexOf(play);
    this.known = new Set(play.handlers.map(({ name }) => name));
    this.book = book;
  }

  /** Hosts begin the play: what they owe from an earlier run counts as notified, and is told and returned. */
  begin(hosts: readonly Host[]): Readonly<Record<string, readonly string[]>> {
    const debts = hosts.flatMap((host) => {
      const debt = this.read(host.name);
      if (!debt || host.replay?.batch(this.number)) return [];
      const handlers = debt.handlers.filter((name) => this.known.has(name));
      for (const name of handlers) host.notified.add(name);
      this.account(host.name, { handlers: new Set(handlers), earlier: debt.commands, written: textOf(debt) });
      return [{ ...debt, host: host.name, handlers, gone: debt.handlers.filter((name) => !this.known.has(name)) }];
    });
    tellDebts(debts, this.book.warn);
    return { ...this.beginAgain(hosts), ...Object.fromEntries(debts.map(({ host, handlers }) => [host, handlers])) };
  }

  /** Hosts begin a play that they began in the run that is resumed: what they owed then counts as notified. */
  private beginAgain(hosts: readonly Host[]): Record<string, readonly string[]> {
    const owed: Record<string, readonly string[]> = {};
    for (const { name, notified, replay } of hosts) {
      const handlers = replay?.batch(this.number)?.owed[name];
      if (!handlers) continue;
      owed[name] = handlers;
      for (const handler of handlers) notified.add(handler);
    }
    return owed;
  }

  /** A host comes to where the run that is resumed was cut short: what that one left is what it owes. */
  goOn({ name, notified }: Host): void {
    if (this.book.folder === undefined) return;
    const debt = this.read(name);
    const handlers = debt?.handlers.filter((handler) => this.known.has(handler)) ?? [];
    notified.clear();
    for (const handler of handlers) notified.add(handler);
    if (!debt) return;
    this.accounts.delete(name);
    this.account(name, { handlers: new Set(handlers), earlier: debt.commands, written: textOf(debt) });
  }

  /** A step is about to leave: from here on, nobody knows whether it was carried out until its task has ended. */
  sent(sender: Sender, sending: Sending): void {
    const { place, number, pass } = sender;
    const { step, title, item } = sending;
    const unsure = isUnsure(sender, step);
    this.book.sent({
      event: 'step.sent',
      ...place,
      step: title,
      number,
      ...(pass !== '' && { pass }),
      ...(item !== undefined && { item }),
      ...(step.counts === false && { counts: step.counts }),
      ...(unsure && { unsure }),
    });
    if (step.counts !== false && (sender.handlers.length > 0 || unsure)) this.noteSent(sender, sending);
    // What is not data may go its own way to the host.
    if (step.effect.kind === 'custom') this.book.putOff.settle();
  }

  private noteSent(sender: Sender, { step, title }: Sending): void {
    const { place } = sender;
    const unsure = isUnsure(sender, step);
    const account = this.account(place.host);
    const commands = account.senders.get(sender) ?? [];
    const again = commands.some(({ step }) => step === title);
    account.senders.set(sender, unsure && !again ? [...commands, { task: place.task, step: title }] : commands);
    if (unsure) account.earlier = account.earlier.filter(({ task }) => task !== place.task);
    this.book.putOff.add(account.write);
  }

  /** A task has ended, and the host has been notified of what it must be. */
  ended(sender: Sender, end: SenderEnd, { name, notified }: Host): void {
    const known = this.accounts.get(name);
    if (!known && notified.size === 0) return;
    const account = known ?? this.account(name);
    const commands = account.senders.get(sender);
    const owed = owedBy(account);
    account.senders.delete(sender);
    for (const handler of notified) account.handlers.add(handler);
    // It may have changed something before it failed, and would find that as it should be next time.
    const failed = end === 'failed' || end === 'unreachable';
    if (failed && commands) for (const handler of sender.handlers) account.handlers.add(handler);
    if (end === 'unreachable' && commands) account.earlier = [...account.earlier, ...commands];
    if ([...account.handlers].every((handler) => owed.has(handler))) this.book.putOff.add(account.write);
    else account.write();
  }

  /** A handler has run to its end. */
  paid(handler: string, host: Host): void {
    const account = this.accounts.get(host.name);
    if (account?.handlers.delete(handler)) account.write();
  }

  /** The host has ended the play; one that is well owes nothing. */
  end(host: string, well: boolean): void {
    const account = this.accounts.get(host);
    if (!account || !well) return;
    account.handlers.clear();
    account.senders.clear();
    account.earlier = [];
    account.write();
  }

  private account(host: string, debt?: Pick<Account, 'handlers' | 'earlier' | 'written'>): Account {
    const known = this.accounts.get(host);
    if (known) return known;
    const nothing = { handlers: new Set<string>(), earlier: [], written: '' };
    const account = { ...(debt ?? nothing), senders: new Map(), write: () => this.write(host, account) };
    this.accounts.set(host, account);
    return account;
  }

  private read(host: string): Debt | undefined {
    const { folder } = this.book;
    return folder === undefined ? undefined : this.attempt(() => readDebt(folder, host, this.key));
  }

  private write(host: string, account: Account): void {
    const { folder, run, check } = this.book;
    if (folder === undefined || check) return;
    const commands = [...account.earlier, ...[...account.senders.values()].flat()];
    const debt = { ...this.key, run, handlers: [...owedBy(account)], commands };
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

/** Nothing will tell whether it was carried out. */
function isUnsure({ place }: Sender, { everyRun }: Step): boolean {
  return everyRun !== undefined && place.module === 'shell.command';
}

/** The handlers that count as notified if the run ends here. */
function owedBy({ handlers, senders }: Account): ReadonlySet<string> {
  return new Set([...handlers, ...[...senders.keys()].flatMap((sender) => sender.handlers)]);
}

function textOf({ handlers, commands }: Pick<Debt, 'handlers' | 'commands'>): string {
  return handlers.length + commands.length > 0 ? JSON.stringify([handlers, commands]) : '';
}
