import type { Turn } from './machine.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { TaskLine } from './task-line.ts';

/** The turn of a host on its own machine, and the line of tasks that use it. */
export interface OpenLine {
  readonly line: TaskLine;
  readonly turn: Turn;
  /** Waits for all tasks in line, and gives the turn back. */
  close(): Promise<void>;
}

/** Waits for the host's turn on its own machine. */
export function openLine(host: HostState, context: PlayContext): Promise<OpenLine> {
  return new Promise((resolve, reject) => {
    const ended = context.machine(host.name).exclusively(
      (turn) =>
        new Promise<void>((giveBack) => {
          const line = new TaskLine(host, context, turn);
          const close = async (): Promise<void> => {
            try {
              await line.drained();
            } finally {
              giveBack();
              await ended;
            }
          };
          resolve({ line, turn, close });
        }),
    );
    ended.catch(reject);
  });
}
