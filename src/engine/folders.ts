import type { Remote } from '../core/plan.ts';

/**
 * Where folders of a host really are, links resolved: two paths are apart only if they are so there.
 */
export class Folders {
  private readonly remote: Pick<Remote, 'realPath'>;
  private readonly asked = new Map<string, Promise<string | undefined>>();
  private readonly found = new Map<string, string>();

  constructor(remote: Pick<Remote, 'realPath'>) {
    this.remote = remote;
  }

  /** `undefined` where the host cannot tell. */
  real(folder: string): Promise<string | undefined> {
    const asked = this.asked.get(folder);
    if (asked !== undefined) return asked;
    const answer = this.remote.realPath(folder).catch(() => undefined);
    this.asked.set(folder, answer);
    return answer.then((real) => {
      // Something else may have been asked meanwhile, as links were made.
      if (real !== undefined && this.asked.get(folder) === answer) this.found.set(folder, real);
      return real;
    });
  }

  /** Resolves when the answer has come, if it was asked for. */
  async answered(folder: string): Promise<void> {
    await this.asked.get(folder);
  }

  /** The answer, if it has come. */
  known(folder: string): string | undefined {
    return this.found.get(folder);
  }

  /** What was done may have made links, or taken some away: `link:/path` names one, `undefined` may be any. */
  forget(touches: readonly string[] | undefined): void {
    if (touches?.every((name) => !name.startsWith('link:'))) return;
    this.asked.clear();
    this.found.clear();
  }
}
