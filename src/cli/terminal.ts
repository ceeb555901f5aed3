export interface Surroundings {
  readonly width: number;
  readonly colour: boolean;
}

/** What can be shown on a stream: colour only on a terminal, and lines are only broken there. */
export function surroundingsOf(stream: NodeJS.WriteStream): Surroundings {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const terminal = stream.isTTY === true;
  const colour = FORCE_COLOR ? FORCE_COLOR !== '0' : terminal && !NO_COLOR && TERM !== 'dumb';
  // some terminals say 0 columns, and nothing can be read on very few
  const columns = Math.max(40, stream.columns || 80);
  return { width: terminal ? columns : Number.POSITIVE_INFINITY, colour };
}
