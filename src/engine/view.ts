import type { Look, LookCall, Output, QueryOptions, Stat } from '../core/plan.ts';
import { keyOf } from './look-call.ts';
import type { Glance } from './look-memory.ts';

/** The eyes that a module reads with, once; they remember what it looked at. */
export class View {
  private readonly take: (key: string, call: LookCall) => Glance;
  private readonly taken = new Map<string, Glance>();
  private wanted: readonly Glance[] = [];
  private ready: Promise<void> = Promise.resolve();
  private begin: () => void = () => undefined;

  constructor(take: (key: string, call: LookCall) => Glance) {
    this.take = take;
  }

  get glances(): readonly Glance[] {
    return [...this.taken.values()];
  }

  /** What it will look at as soon as it is asked to. */
  get expected(): readonly Glance[] {
    return this.wanted;
  }

  /** All that a module is handed, whatever its types say: hands are not just hidden but not there. */
  readonly eyes: Look = {
    query: (argv: readonly string[], options?: QueryOptions) =>
      this.see({ kind: 'query', argv, ...(options && { options }) }) as Promise<Output>,
    stat: (path: string) => this.see({ kind: 'stat', path }) as Promise<Stat | undefined>,
    digest: (path: string) => this.see({ kind: 'digest', path }) as Promise<string | undefined>,
    readText: (path: string) => this.see({ kind: 'readText', path }) as Promise<string | undefined>,
    fetchText: (url: string) => this.see({ kind: 'fetchText', url }) as Promise<string>,
  };

  /** Holds every look back until `askExpected`, which makes those of another view first. */
  expect(glances: readonly Glance[]): void {
    this.wanted = glances;
    this.ready = new Promise((resolve) => {
      this.begin = resolve;
    });
  }

  askExpected(): void {
    for (const { key, call } of this.wanted) this.taken.set(key, this.take(key, call));
    this.begin();
  }

  /** An answer that is taken for granted instead of what was seen. */
  foretell(glance: Glance, answer: unknown): void {
    this.taken.set(glance.key, { ...glance, answer: Promise.resolve(answer) });
  }

  private async see(call: LookCall): Promise<unknown> {
    await this.ready;
    const key = keyOf(call);
    const glance = this.taken.get(key) ?? this.take(key, call);
    this.taken.set(key, glance);
    return glance.answer;
  }
}
