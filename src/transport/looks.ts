import { problem } from '../core/diagnostic.ts';
import type { Answer, Exchange } from './exchange.ts';
import { type FileAnswer, type FileLook, LookBatch } from './look-batch.ts';

/** Looks at files. What is asked before the request of an earlier one has left goes along with it. */
export class Looks {
  private readonly exchange: (exchange: Exchange) => Promise<Answer>;
  private open: { readonly batch: LookBatch; readonly answer: Promise<Answer> } | undefined;

  constructor(exchange: (exchange: Exchange) => Promise<Answer>) {
    this.exchange = exchange;
  }

  async ask(look: FileLook): Promise<FileAnswer> {
    if (look.path.includes('\0')) {
      throw problem('PV5027', 'a path cannot hold a NUL character', { help: 'take it out of the value' });
    }
    const { batch, answer } = this.open?.batch.takes(look) ? this.open : this.begin();
    const word = batch.add(look);
    return batch.answerTo(word, await answer);
  }

  /** What comes later may see another host. */
  close(): void {
    this.open = undefined;
  }

  private begin(): { readonly batch: LookBatch; readonly answer: Promise<Answer> } {
    const batch = new LookBatch();
    this.open = { batch, answer: this.exchange(batch) };
    return this.open;
  }
}
