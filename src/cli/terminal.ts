export interface Surroundings {
  readonly width: number;
  readonly colour: boolean;
}

/** What can be shown on a stream: colour only on a terminal, and lines are only broken there. */
export function surroundingsOf(stream: NodeJS.WriteStream): Surroundings {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const terminal = stream.isTTY === true;
  const colour = FORCE_COLOR ? FORCE_COLOR !== '0' : terminal && !NO_COLOR && TERM !== 'dumb';
  return { width: terminal ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY, colour };
}
