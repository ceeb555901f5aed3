import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { AskedElsewhere } from '../core/plan.ts';
import { knownGuests, knownHypervisors } from './known-guests.ts';
import { Machines, type RunOwner } from './machines.ts';
import type { RunRequest } from './request.ts';

/** The hypervisors of the inventory besides the one that something is about to be made on; they are only looked at. */
export class OtherHypervisors {
  private readonly request: RunRequest;
  private readonly owner: RunOwner;
  private machines: Machines | undefined;
  private readonly silent = new Set<string>();

  constructor(request: RunRequest, owner: RunOwner) {
    this.request = request;
    this.owner = owner;
  }

  /** What the first of them has against it. One that cannot be asked is told, once, and stops nobody: it may be gone. */
  async ask(own: string, question: AskedElsewhere): Promise<Diagnostic | undefined> {
    const others = knownHypervisors(this.request, knownGuests(this.request)).filter((name) => name !== own);
    const answers = await Promise.all(others.map((name) => this.answerOf(name, question)));
    return answers.find((answer) => answer !== undefined);
  }

  async close(): Promise<void> {
    await this.machines?.close();
  }

  private async answerOf(name: string, { query, judge }: AskedElsewhere): Promise<Diagnostic | undefined> {
    // As in check mode: without the lock of a host on which nothing is done.
    this.machines ??= new Machines({ ...this.request, check: true }, this.owner);
    try {
      const { remote } = await this.machines.get(name).hold(this.machines.identity({}, name));
      return judge(await remote.query(query, { exits: [0, 1, 127] }), name);
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      if (!this.silent.has(name)) this.owner.warn(unasked(name, error.diagnostics[0]));
      this.silent.add(name);
      return undefined;
    }
  }
}

function unasked(name: string, { message }: Diagnostic): Diagnostic {
  return {
    code: 'PV5317',
    message: `whether ${name} has one of the new guests already could not be seen: ${message}`,
    help: `where ${name} is gone for good, take it out of the inventory`,
  };
}
