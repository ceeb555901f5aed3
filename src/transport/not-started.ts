/** An effect that the host passed over, because one before it in its chain failed. Nothing of it was done. */
export class NotStarted extends Error {
  constructor(title: string) {
    super(`${title} was not started: what comes before it failed`);
    this.name = 'NotStarted';
  }
}
