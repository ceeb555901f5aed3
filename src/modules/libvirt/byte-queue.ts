const roomFor = 4 * 1024 * 1024;

/** Bytes on their way from one host to another: `add` resolves when there is room for more, so few are ever held. */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  private readonly waiting: Uint8Array[] = [];
  private size = 0;
  private over = false;
  private failure: unknown;
  private wake = (): void => undefined;
  private readonly full: (() => void)[] = [];

  add(bytes: Uint8Array): Promise<void> {
    if (this.over) return Promise.resolve();
    this.waiting.push(bytes);
    this.size += bytes.length;
    this.wake();
    return this.size < roomFor ? Promise.resolve() : new Promise((resolve) => this.full.push(resolve));
  }

  /** No more will come; with a failure, what came is not the whole. */
  end(failure?: unknown): void {
    this.over = true;
    this.failure ??= failure;
    this.wake();
    this.release();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const bytes = this.waiting.shift();
        if (bytes) {
          this.size -= bytes.length;
          if (this.size < roomFor) this.release();
          yield bytes;
        } else if (this.failure !== undefined) throw this.failure;
        else if (this.over) return;
        else await this.more();
      }
    } finally {
      this.end();
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private release(): void {
    for (const resolve of this.full.splice(0)) resolve();
  }
}
