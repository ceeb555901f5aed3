import type { Answer, Exchange } from './exchange.ts';
import { type Item, type ShortFile, type Way, WriteBatch } from './write-batch.ts';

/** Writes short files. What is written before the request of an earlier one has left goes along with it. */
export class Writes {
  private readonly exchange: (exchange: Exchange) => Promise<Answer>;
  private open: { readonly batch: WriteBatch; readonly answer: Promise<Answer> } | undefined;

  constructor(exchange: (exchange: Exchange) => Promise<Answer>) {
    this.exchange = exchange;
  }

  put(file: ShortFile, way: Way): Promise<Answer> {
    return this.along(file, way) ?? this.begin(file, way);
  }

  /** `undefined` where nothing is about to leave that the tests could go along with. */
  test(tests: string, way: Way): Promise<Answer> | undefined {
    return this.along({ tests }, way);
  }

  /** What comes later comes after something else. */
  close(): void {
    this.open = undefined;
  }

  private async begin(file: ShortFile, way: Way): Promise<Answer> {
    const batch = new WriteBatch(way);
    const number = batch.add(file, way);
    const answer = this.exchange(batch);
    this.open = { batch, answer };
    return batch.answerTo(number, await answer);
  }

  private along(item: Item, way: Way): Promise<Answer> | undefined {
    if (!this.open?.batch.takes(way)) return undefined;
    const { batch, answer } = this.open;
    const number = batch.add(item, way);
    return answer.then((whole) => batch.answerTo(number, whole));
  }
}
