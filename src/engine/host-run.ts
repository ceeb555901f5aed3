import type { Play, Task } from '../load/playbook.ts';
import type { Turn } from './machine.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { runAlone } from './run-alone.ts';
import { TaskLine } from './task-line.ts';

/** One host's tasks, in order, until one fails. */
export async function runTasks(tasks: readonly Task[], host: HostState, context: PlayContext): Promise<void> {
  const queue = [...tasks];
  for (let task = queue[0]; task && !host.ended; task = queue[0]) {
    context.signal.throwIfAborted();
    if (standsAlone(task)) {
      queue.shift();
      await runAlone(task, host, context);
    } else {
      await context.machine(host.name).exclusively((turn) => runLine(queue, host, context, turn));
    }
  }
}

/** The handlers that tasks of this play notified on this host, each once, in the order they are written. */
export async function runHandlers(host: HostState, context: PlayContext): Promise<void> {
  for (
    let handler = nextHandler(host, context.play);
    handler && !host.ended;
    handler = nextHandler(host, context.play)
  ) {
    for (const name of [handler.name, ...handler.listen]) host.notified.delete(name);
    await runTasks([handler], host, context);
  }
}

function nextHandler(host: HostState, play: Play): Task | undefined {
  return play.handlers.find((handler) => [handler.name, ...handler.listen].some((name) => host.notified.has(name)));
}

/** It acts on another machine, for other hosts too, or several times: nothing may look past it. */
function standsAlone(task: Task): boolean {
  return task.delegateTo !== undefined || task.runOnce || task.until !== undefined;
}

/** Runs tasks from the queue while they can stand in one line and nobody else waits for the machine. */
async function runLine(queue: Task[], host: HostState, context: PlayContext, turn: Turn): Promise<void> {
  const line = new TaskLine(host, context, turn);
  for (let task = queue.shift(); task; task = queue.shift()) {
    await line.enter(task);
    if (!queue[0] || standsAlone(queue[0]) || host.ended || turn.wanted) break;
  }
  await line.drained();
}
