/** What is to be written before anything more leaves for a host, and soon in any case; once, however often it changed. */
export class PutOff {
  private readonly due = new Set<() => void>();

  add(write: () => void): void {
    if (this.due.size === 0) setImmediate(this.settle);
    this.due.add(write);
  }

  readonly settle = (): void => {
    const due = [...this.due];
    this.due.clear();
    for (const write of due) write();
  };
}
