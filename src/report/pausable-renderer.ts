import { DefaultRenderer } from 'listr2';
import { milliseconds } from '../core/clock.ts';

/** Fewer milliseconds than this between two drawings are too few to see; the spinner draws what was left out. */
const between = 50;

/** A drawing of a thousand rows takes long: so many times as long nothing is drawn after it. */
const rest = 10;

/** listr2's own screen, which can be taken away for a question and put back. */
export class PausableRenderer extends DefaultRenderer {
  /** Whether a tree is wanted is decided before listr2 is asked. */
  static override nonTTY = true;
  private paused = false;
  private shown = false;
  private over = false;
  private next = 0;

  override async render(): Promise<void> {
    if (this.paused) return;
    await super.render();
    this.shown = true;
    // the question may have come while listr2 was still loading
    if (this.paused) this.hide();
  }

  override update(): void {
    const now = milliseconds();
    if (!this.shown || now < this.next) return;
    super.update();
    this.next = now + Math.max(between, rest * (milliseconds() - now));
  }

  override end(): void {
    this.over = true;
    if (this.shown) this.hide();
  }

  pause(): void {
    this.paused = true;
    if (this.shown) this.hide();
  }

  async resume(): Promise<void> {
    this.paused = false;
    await this.render();
    if (this.over) this.end();
  }

  private hide(): void {
    this.shown = false;
    super.end();
  }
}
