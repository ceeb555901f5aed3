/** What a reporter needs to know of the place it writes to and of what the user wants to see. */
export interface Screen {
  /** Text as it is, line breaks included. */
  readonly write: (text: string) => void;
  /** Columns; `Infinity` where lines are never broken, as in logs. */
  readonly width: number;
  readonly colour: boolean;
  /** Show the text before and after a change. */
  readonly diff: boolean;
  /** Also steps and output. */
  readonly verbose: boolean;
}
