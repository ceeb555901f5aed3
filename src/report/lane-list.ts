import { writeSync } from 'node:fs';
import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';
import type { Lane, Row } from './lane.ts';
import { PausableRenderer } from './pausable-renderer.ts';

export type Streams = Pick<NodeJS.Process, 'stdout' | 'stderr'>;

/** Lanes on the screen. */
export interface LaneList {
  pause(): void;
  resume(): void;
  /** Settles when every lane has, and the last state of the list stands on the screen. */
  readonly done: Promise<void>;
}

/** Hands lanes to listr2, which draws them until all are settled. */
export function showLanes(
  lanes: readonly Lane[],
  { streams, verbose }: { readonly streams: Streams; readonly verbose: boolean },
): LaneList {
  let renderer: PausableRenderer | undefined;
  // listr2 makes the renderer itself and keeps it to itself
  class Renderer extends PausableRenderer {
    constructor(...args: ConstructorParameters<typeof PausableRenderer>) {
      super(...args);
      renderer = this;
    }
  }
  const tasks = lanes.map(
    (lane): ListrTask<unknown, typeof Renderer> => ({
      title: lane.title,
      task: (_context, row) => lane.attach(row as unknown as Row),
      rendererOptions: { outputBar: verbose ? 5 : 1 },
    }),
  );
  const processOutput = new ProcessOutput(streams.stdout, streams.stderr, { leaveEmptyLine: false });
  const list = new Listr<unknown, typeof Renderer>(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: Renderer,
    rendererOptions: {
      logger: new ListrLogger({ processOutput, useIcons: true, toStderr: [] }),
      formatOutput: 'truncate',
      showErrorMessage: false,
    },
  });
  const done = withCursorRestored(() => list.run());
  return { pause: () => renderer?.pause(), resume: () => void renderer?.resume(), done };
}

/** A process that leaves in the middle must not leave a terminal without a cursor. */
async function withCursorRestored(work: () => Promise<unknown>): Promise<void> {
  const restore = (): void => {
    writeSync(1, '\u001b[?25h');
  };
  process.once('exit', restore);
  await work();
  process.off('exit', restore);
}
