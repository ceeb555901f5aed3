import type { Look } from '../core/plan.ts';

/**
 * Where folders of a host really are, links resolved: two paths are apart only if they are so there. Asked for all
 * folders of a moment together.
 */
export class Folders {
  private readonly look: Look;
  private readonly asked = new Map<string, Promise<string | undefined>>();
  private readonly found = new Map<string, string>();
  private waiting: { readonly folder: string; resolve(real: string | undefined): void }[] = [];

  constructor(look: Look) {
    this.look = look;
  }

  /** `undefined` where the host cannot tell. */
  real(folder: string): Promise<string | undefined> {
    const asked = this.asked.get(folder);
    if (asked !== undefined) return asked;
    if (this.waiting.length === 0) setImmediate(() => void this.ask());
    const answer = new Promise<string | undefined>((resolve) => this.waiting.push({ folder, resolve }));
    this.asked.set(folder, answer);
    return answer;
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

  private async ask(): Promise<void> {
    const waiting = this.waiting;
    this.waiting = [];
    const folders = [...new Set(waiting.map(({ folder }) => folder))];
    const names = await this.resolve(folders);
    waiting.forEach(({ folder, resolve }) => {
      const real = names?.[folders.indexOf(folder)];
      if (real !== undefined && this.asked.has(folder)) this.found.set(folder, real);
      resolve(real);
    });
  }

  private async resolve(folders: readonly string[]): Promise<readonly string[] | undefined> {
    try {
      const { exit, stdout } = await this.look.query(['readlink', '-m', '-z', '--', ...folders], {
        exits: [0, 1, 127],
      });
      const names = stdout.split('\0').slice(0, -1);
      return exit === 0 && names.length === folders.length ? names : undefined;
    } catch {
      return undefined;
    }
  }
}
