import type { Step } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import type { StateLine, Thing } from '../core/thing.ts';
import type { Assignment } from './task.ts';

/** A task that is about to change something, or has. */
export interface Changing {
  readonly assignment: Assignment;
  readonly steps: readonly Step[];
  readonly state: unknown;
  /** One for each task, or item of its loop. */
  readonly owner: object;
}

/** Keeps in the journal how things were that a task changes, so that `provision undo` can put them back. */
export class StateKeeper {
  private readonly note: (line: StateLine) => void;
  private readonly secrets: Secrets;
  private readonly numbers = new WeakMap<object, number>();
  private changes = 0;
  private room = mostInAll;

  constructor(note: (line: StateLine) => void, secrets: Secrets) {
    this.note = note;
    this.secrets = secrets;
  }

  before({ assignment, steps, state, owner }: Changing): void {
    const things = thingsOf(assignment, state).filter(({ name }) => !this.secrets.holds(name));
    if (things.length === 0) return;
    const secret = steps.some((step) => this.carriesSecret(step));
    const kept = things.map((thing) => this.fit(thing, secret));
    this.tell('state.before', { assignment, owner, things: kept });
  }

  after({ assignment, state, owner }: Omit<Changing, 'steps'>): void {
    if (!this.numbers.has(owner)) return;
    const things = thingsOf(assignment, state).map(({ content: _content, lost: _lost, ...thing }) => thing);
    this.tell('state.after', { assignment, owner, things });
  }

  private tell(event: StateLine['event'], { assignment, owner, things }: Telling): void {
    const { place, machine, as } = assignment;
    const known = this.numbers.get(owner);
    if (known === undefined) this.changes += 1;
    const change = known ?? this.changes;
    this.numbers.set(owner, change);
    this.note({ event, ...place, on: machine.name, ...(as && { as: as.user }), change, things });
  }

  /** What must not lie on the controller, or is too much, is left out, and why. */
  private fit({ content, ...thing }: Thing, secret: boolean): Thing {
    if (content === undefined) return secret ? { ...thing, lost: holdsSecret } : thing;
    const lost = this.refusal(content, secret);
    if (lost !== undefined) return { ...thing, lost };
    this.room -= content.length;
    return { ...thing, content };
  }

  private refusal(content: string, secret: boolean): string | undefined {
    if (secret || this.secrets.holds(content) || privateKey.test(content)) return holdsSecret;
    if (content.length > mostOfOne) return `it is longer than ${mostOfOne / 1024} KiB`;
    return content.length > this.room ? `the run has replaced more than ${mostInAll / 2 ** 20} MiB` : undefined;
  }

  /** What stands in the place of a secret was one too, most likely. */
  private carriesSecret({ effect }: Step): boolean {
    const texts = effect.kind === 'write' ? [effect.content] : effect.kind === 'run' ? [effect.stdin] : [];
    return texts.some((text) => typeof text === 'string' && this.secrets.holds(text));
  }
}

/** Characters of one text, and of all texts of a run. */
const mostOfOne = 64 * 1024;
const mostInAll = 16 * 2 ** 20;

const holdsSecret = 'it holds a secret';
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

interface Telling {
  readonly assignment: Assignment;
  readonly owner: object;
  readonly things: readonly Thing[];
}

function thingsOf({ module, args }: Assignment, state: unknown): readonly Thing[] {
  return module.things?.(args, state) ?? [];
}
