import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../core/diagnostic.ts';
import { isBlock } from '../load/is-block.ts';
import type { Block, Item, Task } from '../load/playbook.ts';
import { isUnevaluated } from '../load/setting.ts';
import { evaluate } from '../render/expression.ts';
import { actsAlone } from './actions.ts';
import { holds } from './condition.ts';
import { type Catcher, type Failing, type Frame, hasStopped, outermost, raise } from './frame.ts';
import { itemNames, labelOf, loopItems } from './loop.ts';
import { numberOf } from './number-of.ts';
import { type OpenLine, openLine } from './open-line.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { recallBlock, recallTask } from './recall.ts';
import { refusal } from './registered.ts';
import { runAlone } from './run-alone.ts';
import { type Looping, runSideBySide } from './side-by-side.ts';
import { placeOf, StatementRun } from './statement-run.ts';

/** One host's way through a play: task after task, through blocks and loops, until it is through, fails or leaves. */
export class HostWalk {
  private readonly host: HostState;
  private readonly context: PlayContext;
  private open: OpenLine | undefined;
  private rounds = 0;

  constructor(host: HostState, context: PlayContext) {
    this.host = host;
    this.context = context;
  }

  /** The sections of a play, with the handlers that one has notified before the next. */
  async sections(sections: readonly (readonly Item[])[]): Promise<void> {
    await this.closing(async () => {
      for (const [index, section] of sections.entries()) {
        if (index > 0) await this.flush(outermost);
        await this.items(section, outermost);
      }
    });
  }

  /** The handlers that are owed at the end of a play. */
  async handlers(): Promise<void> {
    await this.closing(() => this.flush(outermost));
  }

  private async closing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.release().catch(() => undefined);
      throw error;
    }
    await this.release();
  }

  private get stopped(): boolean {
    return hasStopped(this.host) || (this.context.control.halted && this.host.replay?.busy !== true);
  }

  private async items(items: readonly Item[], frame: Frame): Promise<void> {
    for (const item of items) {
      this.context.signal.throwIfAborted();
      if (this.stopped) return;
      if (!this.context.selects(item)) continue;
      await (isBlock(item) ? this.block(item, frame) : this.task(item, frame));
    }
  }

  private async task(task: Task, frame: Frame): Promise<void> {
    if (task.module === 'meta') return this.meta(task, frame);
    if (await this.recall(task, frame)) return;
    if (this.context.step && !(await this.mayStep(task))) return;
    if (standsAlone(task)) {
      await this.release();
      if (!this.stopped) await runAlone(task, frame, this.host, this.context);
      return;
    }
    this.open ??= await openLine(this.host, this.context);
    await this.open.line.enter(task, frame);
    if (this.open.turn.wanted) await this.release();
  }

  /** Takes over what came of it in the run that is resumed; `false`: it is to be done. */
  private async recall(task: Task, frame: Frame): Promise<boolean> {
    const { replay } = this.host;
    if (!replay?.following) {
      this.goOn();
      return false;
    }
    await this.settled();
    return this.stopped || recallTask(task, this.host, this.context, frame);
  }

  /** From here on the host does things: it owes what that run has left. */
  private goOn(): void {
    if (this.host.replay?.goOn()) this.context.debts.goOn(this.host);
  }

  /** Whoever goes step by step sees how the task before has ended first. */
  private async mayStep(task: Task): Promise<boolean> {
    await this.settled();
    if (this.stopped) return false;
    const yes = (await this.context.step?.(task.name, this.host.name)) === true;
    if (!yes) this.context.note?.({ event: 'task.declined', ...placeOf(task, this.host, this.context.play) });
    return yes;
  }

  private async block(block: Block, frame: Frame): Promise<void> {
    const passes = await this.attempt(block, frame, () => this.passes(block, frame));
    if (passes?.length === 0) return this.skip(block, frame);
    // Whoever goes step by step is asked about one thing after another.
    const control = await this.attempt(block, frame, async () => this.control(block, frame));
    if (!control) return;
    const { pause, parallel } = control;
    if (parallel > 1 && !this.context.step) return this.sideBySide(block, passes ?? [], { frame, pause, parallel });
    for (const [index, pass] of (passes ?? []).entries()) {
      if (this.stopped) return;
      if (index > 0) await this.rest(pause);
      await this.onePass(block, pass);
    }
  }

  /** Each pass goes its own way, and all take turns on the machine. */
  private async sideBySide(block: Block, passes: readonly Frame[], how: Omit<Looping, 'host' | 'context'>) {
    await this.release();
    if (this.stopped) return;
    await runSideBySide(passes, { ...how, host: this.host, context: this.context }, (host, context, pass) => {
      const walk = new HostWalk(host, context);
      return walk.closing(() => walk.onePass(block, pass));
    });
  }

  private async onePass(block: Block, pass: Frame): Promise<void> {
    const applies = await this.attempt(block, pass, () => this.applies(block, pass));
    if (applies === true) await this.pass(block, pass);
    else if (applies === false) await this.skip(block, pass);
  }

  /** How fast it loops. */
  private control(block: Block, { names }: Frame): { readonly pause: number; readonly parallel: number } {
    const { pause, parallel } = block.loopControl;
    const scope = () => this.context.scope(this.host, block, names);
    return { pause: numberOf('pause', pause, scope), parallel: numberOf('parallel', parallel, scope) };
  }

  /** Once for each item of its loop. */
  private async passes(block: Block, frame: Frame): Promise<readonly Frame[] | undefined> {
    if (block.loop === undefined) return [frame];
    return this.known((host) => {
      const scope = (names: Frame['names']) => this.context.scope(host, block, names);
      return loopItems(block, scope(frame.names))?.map((item, index) => {
        const names = { ...frame.names, ...itemNames(block, item, index) };
        const label = labelOf(block, () => scope(names));
        const labels = label === undefined ? frame.labels : [...frame.labels, label];
        return { ...frame, names, labels, pass: `${frame.pass}/${index}` };
      });
    });
  }

  /** Asked once for all that is in the block. */
  private async applies(block: Block, { names }: Frame): Promise<boolean | undefined> {
    const { when } = block;
    if (when === undefined) return true;
    return this.known((host) => holds(when, this.context.scope(host, block, names), block, 'when'));
  }

  /** What the block itself says cannot be told: that is its own failure. */
  private async attempt<T>(block: Block, frame: Frame, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      await this.settled();
      if (this.host.replay?.following) recallBlock(block, this.host, this.context, frame);
      else if (!this.stopped) {
        new StatementRun(block, this.host, this.context, frame).end(refusal(error, this.host.pending));
      }
      return undefined;
    }
  }

  /** A value as soon as nothing that is still to come can change it; `undefined`: the host has stopped before. */
  private async known<T>(compute: (host: HostState) => T): Promise<T | undefined> {
    const early = this.open?.line.foresee(compute);
    if (early) return early.value;
    await this.settled();
    return this.stopped ? undefined : compute(this.host);
  }

  private async pass(block: Block, frame: Frame): Promise<void> {
    if (block.rescue.length === 0 && block.always.length === 0) return this.items(block.items, frame);
    const around = frame.catcher?.rescues ?? false;
    const failing = await this.guarded(block.items, frame, block.rescue.length > 0 || around);
    if (this.stopped) return;
    const afterwards = failing ? { ...frame, names: { ...frame.names, failure: failing.failure } } : frame;
    const again = failing && block.rescue.length > 0 ? await this.guarded(block.rescue, afterwards, around) : failing;
    if (this.stopped) return;
    await this.items(block.always, afterwards);
    if (!again) return;
    await this.settled();
    if (!this.stopped) raise(again, this.host, frame, this.context);
  }

  /** Runs items up to the first failure, and takes that upon itself. */
  private async guarded(items: readonly Item[], frame: Frame, rescues: boolean): Promise<Failing | undefined> {
    const catcher: Catcher = { rescues };
    await this.items(items, { ...frame, catcher });
    await this.settled();
    const { failing } = this.host;
    // What failed before the block began is not for it.
    if (failing?.catcher !== catcher) return undefined;
    this.host.failing = undefined;
    return failing;
  }

  /** All that would run in it is told to be skipped. */
  private async skip(block: Block, frame: Frame): Promise<void> {
    for (const item of [...block.items, ...block.always]) {
      if (this.stopped) return;
      if (!this.context.selects(item)) continue;
      if (isBlock(item)) await this.skip(item, frame);
      else if (item.module !== 'meta' && !(await this.recall(item, frame))) {
        this.open ??= await openLine(this.host, this.context);
        await this.open.line.skip(item, frame);
      }
    }
  }

  private async meta(task: Task, frame: Frame): Promise<void> {
    await this.settled();
    if (this.stopped) return;
    const word = this.metaWord(task, frame);
    if (word === 'flush_handlers') await this.flush(frame);
    if (word === 'end_host') this.host.left = true;
    if (word === 'end_play') {
      this.context.note?.({ event: 'batch.ended' });
      this.context.control.end();
    }
    if (word !== 'refresh_connection') return;
    await this.release();
    const machine = this.context.machine(this.host.name);
    await machine.exclusively(() => machine.close());
  }

  private metaWord(task: Task, frame: Frame): unknown {
    const scope = this.context.scope(this.host, task, frame.names);
    try {
      if (task.when !== undefined && !holds(task.when, scope, task, 'when')) return undefined;
      const locate = () => task.document.locate([...task.path, 'meta']);
      return (evaluate(task.args, scope, locate) as Readonly<Record<string, unknown>>).do;
    } catch (error) {
      new StatementRun(task, this.host, this.context, frame).end(refusal(error, this.host.pending));
      return undefined;
    }
  }

  /** Handlers that were notified, each once, in the order in which they are written. */
  private async flush({ catcher }: Frame): Promise<void> {
    await this.settled();
    this.rounds += 1;
    const frame = { ...outermost, pass: `handlers ${this.rounds}`, ...(catcher && { catcher }) };
    if (this.host.replay?.through) this.goOn();
    for (let handler = this.owed(); handler && !this.stopped; handler = this.owed()) {
      const recalled = this.host.replay?.following === true;
      this.host.notified.delete(handler.name);
      await this.task(handler, frame);
      await this.settled();
      if (!hasStopped(this.host) && !recalled) this.context.debts.paid(handler.name, this.host);
      if (this.host.replay?.through) this.goOn();
    }
  }

  private owed(): Task | undefined {
    const { notified } = this.host;
    return this.context.play.handlers.find(({ name }) => notified.has(name));
  }

  private async rest(seconds: number): Promise<void> {
    if (seconds === 0) return;
    await this.settled();
    if (!this.stopped) await sleep(seconds * 1000, undefined, { signal: this.context.signal });
  }

  /** All that has been begun has ended. */
  private async settled(): Promise<void> {
    await this.open?.line.drained();
  }

  /** The same, and others may have the machine. */
  private async release(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    await open?.close();
  }
}

/** It acts on another machine, for other hosts too, several times or within bounds: nothing may look past it. */
function standsAlone(task: Task): boolean {
  const { delegateTo, throttle, timeout, loopControl, becomeUser } = task;
  const spaced = loopControl.pause !== 0 || loopControl.parallel !== 1;
  const bounded = throttle !== undefined || timeout !== undefined || spaced;
  return (
    delegateTo !== undefined || isUnevaluated(becomeUser) || task.runOnce || task.again || bounded || actsAlone(task)
  );
}
