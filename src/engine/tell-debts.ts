import type { Diagnostic } from '../core/diagnostic.ts';
import type { Debt } from './debt-file.ts';

/** A debt of a host that has met the play again. */
export interface MetDebt extends Debt {
  readonly host: string;
  /** Handlers that the play no longer has. */
  readonly gone: readonly string[];
}

/** Says what is owed from earlier runs, one sentence for all hosts that owe the same. */
export function tellDebts(debts: readonly MetDebt[], warn: (diagnostic: Diagnostic) => void): void {
  const tell = (textsOf: (debt: MetDebt) => readonly string[], diagnostic: (told: Told) => Diagnostic): void => {
    const groups = new Map<string, MetDebt[]>();
    for (const debt of debts) {
      const key = JSON.stringify([debt.run, textsOf(debt)]);
      groups.set(key, [...(groups.get(key) ?? []), debt]);
    }
    for (const [first, ...others] of groups.values()) {
      if (!first || textsOf(first).length === 0) continue;
      const hosts = [first, ...others].map(({ host }) => host).join(', ');
      warn(
        diagnostic({
          hosts,
          run: first.run,
          texts: textsOf(first)
            .map((text) => `\`${text}\``)
            .join(', '),
        }),
      );
    }
  };
  tell(({ handlers }) => handlers, owed);
  tell(({ gone }) => gone, forgotten);
  tell(({ commands }) => commands.map(({ step }) => step), unsure);
}

interface Told {
  readonly hosts: string;
  readonly run: string;
  readonly texts: string;
}

function owed({ hosts, run, texts }: Told): Diagnostic {
  const message = `handlers are owed since the run ${run}, and run with those of this play: ${texts} (${hosts})`;
  return { code: 'PV5013', message };
}

function forgotten({ hosts, run, texts }: Told): Diagnostic {
  const message = `handlers owed since the run ${run} are no longer in this play, and will not run: ${texts} (${hosts})`;
  return { code: 'PV5013', message, help: 'do by hand what they were for' };
}

function unsure({ hosts, run, texts }: Told): Diagnostic {
  return {
    code: 'PV5014',
    message: `the run ${run} has sent this and not seen its end; its task will run it again: ${texts} (${hosts})`,
    help: 'give the command `creates`, `removes` or `unless`, so that it can be seen whether it was done',
  };
}
