/**
 * The tasks of one host stand in line: they look at the host side by side, ahead of their turn, but they act in order,
 * and what came of them is told and kept in order, as if each had waited for the one before.
 */
export class Line {
  private readonly window: number;
  /** So many leave the line before others enter, so that what those ask leaves together. */
  private readonly atOnce: number;
  private madeRoom: (() => void) | undefined;
  private readonly underWay = new Set<Promise<void>>();
  private last: Place | undefined;
  private failure: { readonly error: unknown } | undefined;

  /** `window`: how many may be under way at once; 1 is one by one. */
  constructor(window: number) {
    this.window = window;
    this.atOnce = Math.ceil(window / 4);
  }

  /** Begins work at the end of the line. Should any work throw, the line is given up: see `drained`. */
  enter(work: (place: Place) => Promise<void>): void {
    const place = new Place(this.last);
    this.last = place;
    const done = work(place)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        place.settle();
        this.underWay.delete(done);
        if (this.underWay.size <= this.window - this.atOnce) this.madeRoom?.();
      });
    this.underWay.add(done);
  }

  /** Resolves when another one may enter; rejects with what the first work threw that did. Waited for by one at a time. */
  async room(): Promise<void> {
    if (this.underWay.size >= this.window) {
      await new Promise<void>((resolve) => {
        this.madeRoom = resolve;
      });
    }
    this.throwFailure();
  }

  /** Resolves when all work has ended; rejects as `room` does. */
  async drained(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}

/** One place in line. */
export class Place {
  private before: Place | undefined;
  private acted = createGate();
  private readonly settled = createGate();

  constructor(before?: Place) {
    this.before = before;
    // Whoever is through is forgotten: a line may be long.
    void before?.settled.opened.then(() => {
      this.before = undefined;
    });
  }

  /** Resolves when everything before has been sent to the host. */
  async mayAct(): Promise<void> {
    for (let other = this.whoHasNotActed(); other; other = this.whoHasNotActed()) await other.acted.opened;
  }

  /** All that this place does to the host has been sent, or nothing will be. */
  act(): void {
    this.acted.open();
  }

  /** What this place has sent was not carried out: it will act again, and later places wait for that. */
  retract(): void {
    if (this.acted.isOpen) this.acted = createGate();
  }

  /** Resolves when everything before has its outcome: this place is the first in line. */
  async maySettle(): Promise<void> {
    await this.before?.settled.opened;
  }

  /** This place has its outcome, and has told it. */
  settle(): void {
    this.acted.open();
    this.settled.open();
  }

  private whoHasNotActed(): Place | undefined {
    let place = this.before;
    while (place && (place.acted.isOpen || place.settled.isOpen)) place = place.before;
    return place;
  }
}

interface Gate {
  readonly opened: Promise<void>;
  readonly isOpen: boolean;
  open(): void;
}

function createGate(): Gate {
  let isOpen = false;
  let resolveOpened = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve;
  });
  return {
    opened,
    get isOpen() {
      return isOpen;
    },
    open() {
      isOpen = true;
      resolveOpened();
    },
  };
}
