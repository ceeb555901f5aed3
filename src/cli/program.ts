import { chooseVerb } from './choose-verb.ts';
import { commands } from './commands.ts';

export { printFailure, printUnwritten } from './failure.ts';

/** Carries out the verb that a command line means; answers with the exit code. */
export async function runVerb(argv: readonly string[]): Promise<number> {
  const { verb, words } = chooseVerb(argv);
  return (await commands[verb.name]())(words);
}
