import { posix } from 'node:path';
import type { Look, LookCall, Remote, SeenBefore, Step } from '../core/plan.ts';
import { apart } from './apart.ts';
import { assume, isDirectory, isWithin } from './assume.ts';
import { Folders } from './folders.ts';
import { ask, keyOf } from './look-call.ts';
import { View } from './view.ts';

/** One look at a host: what was asked, and what was answered when. */
export interface Glance {
  readonly key: string;
  readonly call: LookCall;
  readonly answer: Promise<unknown>;
  /** How much had been done to the host when it was asked. */
  readonly after: number;
  /** What it looked at, once the real folders are known; until then, and where they are not, anything. */
  readonly sees: { names: readonly string[] | undefined; known: Promise<void> };
}

/** Something that was done to the host, as far as it matters to who looks. */
export interface Deed {
  readonly touches: readonly string[] | undefined;
  readonly effect: Step['effect'];
  readonly leaves?: Step['leaves'];
}

interface Confirmed {
  readonly answer: unknown;
  /** Rejects where it is not so. */
  readonly holds: Promise<void>;
  readonly after: number;
}

/** So many looks are shared, and so many deeds told apart: a play may have thousands, each with a whole file. */
const glancesKept = 512;
const deedsKept = 256;

/**
 * What was seen on one host as one user, and what was done to it since: so that tasks may look ahead of their turn and
 * share what they see, and none takes for true what another has changed since.
 */
export class LookMemory {
  private readonly look: Look;
  private readonly folders: Folders;
  private readonly glances = new Map<string, Glance>();
  private readonly deeds: Deed[] = [];
  /** How many deeds there were before those that are kept. */
  private deedsBefore = 0;
  private readonly due = new Set<View>();
  /** What the host was asked to confirm: it counts as seen as long as the chain holds. */
  private readonly confirmed = new Map<string, Confirmed>();
  /** Looks at directories that are there. */
  private readonly steady = new WeakSet<Glance>();

  constructor(look: Look & Pick<Remote, 'realPath'>) {
    this.look = look;
    this.folders = new Folders(look);
  }

  /** What a module is given to read with. */
  view(): View {
    return new View((key, call) => this.glance(key, call));
  }

  /**
   * What a module is given to read again with, after its steps: looks of now, all those of the first view at once, sent
   * together with those of other tasks, yet before anything is done that could show in them.
   */
  proof(first: View, steps: number): View {
    const view = new View((key, call) => this.fresh(key, call));
    view.expect(first.glances);
    const own = this.deeds.slice(-steps);
    for (const glance of first.glances) if (glance.call.kind === 'stat') this.findSteady(glance, own);
    this.due.add(view);
    setImmediate(() => this.ask(view));
    return view;
  }

  /** Resolves when it is known where that really is what steps touch, as far as it was asked: so `note` can tell it apart. */
  async located(steps: readonly Pick<Step, 'touches'>[]): Promise<void> {
    const folders = steps.flatMap(({ touches = [] }) => touches.filter(isPath).map(folderOf));
    await Promise.all(folders.map((folder) => this.folders.answered(folder)));
  }

  /** Told before anything is done to the host. */
  note(step: Pick<Step, 'touches' | 'effect' | 'leaves'>): void {
    const touches = step.touches?.map((name) => this.realName(name));
    const shows = (view: View): boolean => view.expected.some((glance) => !this.outlasts(glance, touches));
    // All go with the one that cannot wait: together they are one request.
    if ([...this.due].some(shows)) for (const view of [...this.due]) this.ask(view);
    this.deeds.push({ touches, effect: step.effect, leaves: step.leaves });
    if (this.deeds.length > deedsKept) {
      this.deeds.shift();
      this.deedsBefore += 1;
    }
    this.folders.forget(step.touches);
    for (const [key, glance] of this.glances) if (!apart(touches, glance.sees.names)) this.glances.delete(key);
  }

  /** What was done since a look and could show in it. */
  async since(glance: Glance): Promise<readonly Deed[]> {
    if (this.deedsDone === glance.after) return [];
    await glance.sees.known;
    if (glance.after < this.deedsBefore) return this.deeds.map((deed) => ({ ...deed, touches: undefined }));
    const since = this.deeds.slice(glance.after - this.deedsBefore);
    return since.filter((deed) => !apart(deed.touches, glance.sees.names));
  }

  /** Told as the host is asked whether something taken for granted is so; what comes after depends on it. */
  confirm(seen: readonly SeenBefore[], holds: Promise<void>): void {
    for (const { call, answer } of seen) keep(this.confirmed, keyOf(call), { answer, holds, after: this.deedsDone });
  }

  /** The chain broke: nothing that was to be confirmed in it counts. */
  forgetConfirmed(): void {
    this.confirmed.clear();
  }

  /** The same look, as late as its answer was confirmed. */
  latest(glance: Glance): Glance {
    const later = this.confirmed.get(glance.key);
    if (!later || later.after <= glance.after) return glance;
    return { ...glance, answer: Promise.resolve(later.answer), after: later.after };
  }

  /** A directory that is there stays as it is, whatever comes into it. */
  private outlasts(glance: Glance, touches: Deed['touches']): boolean {
    const { names = [] } = glance.sees;
    return (
      apart(touches, glance.sees.names) || (this.steady.has(glance) && names.every((name) => isWithin(touches, name)))
    );
  }

  /** Whether it is a look at what is a directory after these steps. What cannot be told is looked at at once. */
  private findSteady(glance: Glance, own: readonly Deed[]): void {
    const note = (seen: unknown): void => {
      const after = assume(glance, seen, own);
      if (after && isDirectory(glance.call, after.answer)) this.steady.add(glance);
    };
    glance.answer.then(note, () => undefined);
  }

  private get deedsDone(): number {
    return this.deedsBefore + this.deeds.length;
  }

  private ask(view: View): void {
    if (this.due.delete(view)) view.askExpected();
  }

  private glance(key: string, call: LookCall): Glance {
    const known = this.glances.get(key);
    if (known) return known;
    const glance = this.fresh(key, call, this.sightOf(call));
    keep(this.glances, key, glance);
    // What could not be seen is looked at again by whoever asks next.
    glance.answer.catch(() => this.glances.get(key) === glance && this.glances.delete(key));
    return glance;
  }

  /** What is looked at for a proof is not built upon, so nobody asks where that really is. */
  private fresh(key: string, call: LookCall, sees: Glance['sees'] = anything()): Glance {
    const answer = this.askedAnyway(key, call) ?? ask(this.look, call);
    // Whoever takes it is told; nobody has to.
    answer.catch(() => undefined);
    return { key, call, answer, after: this.deedsDone, sees };
  }

  /** What a command says is compared on the host at this very moment: it need not say it twice. */
  private askedAnyway(key: string, call: LookCall): Promise<unknown> | undefined {
    const confirmed = this.confirmed.get(key);
    if (call.kind !== 'query' || confirmed?.after !== this.deedsDone) return undefined;
    return confirmed.holds.then(
      () => confirmed.answer,
      () => ask(this.look, call),
    );
  }

  private sightOf(call: LookCall): Glance['sees'] {
    const sees = anything();
    if (call.kind === 'query') sees.names = call.options?.sees;
    else if (call.kind !== 'fetchText') {
      sees.known = this.folders.real(posix.dirname(call.path)).then((folder) => {
        if (folder !== undefined) sees.names = [pathIn(folder, call.path)];
      });
    }
    return sees;
  }

  private realName(name: string): string {
    if (!isPath(name)) return name;
    const folder = this.folders.known(folderOf(name));
    return folder === undefined ? 'path:/' : pathIn(folder, name);
  }
}

/** As the newest; the oldest goes where there are too many. */
function keep<T>(kept: Map<string, T>, key: string, one: T): void {
  kept.delete(key);
  kept.set(key, one);
  const [oldest] = kept.keys();
  if (kept.size > glancesKept && oldest !== undefined) kept.delete(oldest);
}

function anything(): Glance['sees'] {
  return { names: undefined, known: Promise.resolve() };
}

function isPath(name: string): boolean {
  return name.startsWith('path:');
}

function folderOf(name: string): string {
  return posix.dirname(name.slice('path:'.length));
}

/** The name of a path whose folder really is another one. */
function pathIn(folder: string, path: string): string {
  return `path:${posix.join(folder, posix.basename(path))}`;
}
