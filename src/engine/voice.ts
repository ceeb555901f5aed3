import type { Emit, RunEvent } from '../core/event.ts';

/** Holds events back until it is certain that they are true, or forgets them. */
export class Voice {
  private readonly emitNow: Emit;
  private held: RunEvent[] | undefined = [];

  constructor(emit: Emit) {
    this.emitNow = emit;
  }

  readonly emit: Emit = (event) => {
    if (this.held) this.held.push(event);
    else this.emitNow(event);
  };

  /** Tells what it held back, and from now on everything at once. */
  open(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const event of held) this.emitNow(event);
  }
}
