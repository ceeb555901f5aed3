/** A wait for a connection that lasts longer makes room for another host. */
const patienceMs = 1_000;
/** So many hosts may wait beside those that are worked on. */
const asideLimit = 100;

/**
 * How many hosts are worked on at once, in the order in which they are given. One that only waits, for a connection
 * that does not come, lets another begin in its place: dead hosts must not keep the living ones from their turn.
 */
export class Forks {
  private free: number;
  private aside = 0;
  /** Who has waited and goes on comes before who begins. */
  private readonly returning: (() => void)[] = [];
  private readonly beginning: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  /**
   * Runs `work` over all items. After the first that throws none is begun, but those under way are waited for, so that
   * nobody closes a connection under them; then it throws what the first one threw.
   */
  async all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const thrown: unknown[] = [];
    const underWay = new Set<Promise<void>>();
    for (const item of items) {
      await this.enter(this.beginning);
      if (thrown.length > 0) {
        this.leave();
        break;
      }
      const working = work(item)
        .catch((error: unknown) => void thrown.push(error))
        .finally(() => {
          underWay.delete(working);
          this.leave();
        });
      underWay.add(working);
    }
    await Promise.all(underWay);
    if (thrown.length > 0) throw thrown[0];
  }

  /** Waits on behalf of a host that is worked on. */
  async wait<T>(waiting: Promise<T>): Promise<T> {
    if ((await settlesSoon(waiting)) || this.aside >= asideLimit) return waiting;
    this.aside += 1;
    this.leave();
    await waiting.catch(() => undefined);
    await this.enter(this.returning);
    this.aside -= 1;
    return waiting;
  }

  /** Waits for what other hosts do: they need the room that this one has, so it is given to them at once. */
  async apart<T>(waiting: Promise<T>): Promise<T> {
    this.leave();
    try {
      return await waiting;
    } finally {
      await this.enter(this.returning);
    }
  }

  private enter(queue: (() => void)[]): Promise<void> {
    if (this.free === 0) return new Promise((resolve) => queue.push(resolve));
    this.free -= 1;
    return Promise.resolve();
  }

  private leave(): void {
    const next = this.returning.shift() ?? this.beginning.shift();
    if (next) next();
    else this.free += 1;
  }
}

function settlesSoon(waiting: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    waiting.then(settle, settle);
  });
}

/** Lets only one caller ask at a time: two guests must not talk over each other. */
export function oneAtATime<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(() => ask(question));
    last = answer.catch(() => undefined);
    return answer;
  };
}
