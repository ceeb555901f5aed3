import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { StepSent } from '../core/event.ts';
import type { EarlierPhase, EarlierRun, EarlierTask } from '../engine/earlier-run.ts';
import { isWithheld } from '../engine/replay.ts';
import { type Asking, ask, canAsk } from './ask.ts';
import { Interrupted } from './failure.ts';

/** A command of which nothing on the host tells whether it was carried out. */
interface Unconfirmed {
  readonly sent: StepSent;
  /** It was, but what it registered is secret and was not kept. */
  readonly secret: boolean;
}

export interface Deciding {
  /** `--unconfirmed`. */
  readonly choice: 'again' | 'done' | undefined;
  readonly asking: Asking;
}

/**
 * Those that are to be taken as done; the others run again.
 * @throws ProvisionError PV0010 where nobody can say
 * @throws Interrupted where the user would rather stop
 */
export async function decideUnconfirmed(
  earlier: EarlierRun,
  { choice, asking }: Deciding,
): Promise<ReadonlySet<StepSent>> {
  const all = unconfirmedIn(earlier);
  const open = all.filter(({ secret }) => choice === undefined || (secret && choice === 'done'));
  const [first, ...others] = open.map(undecided);
  if (first && (choice !== undefined || !canAsk(asking))) throw new ProvisionError(first, ...others);
  if (choice !== undefined) return new Set(choice === 'done' ? all.map(({ sent }) => sent) : []);
  const done = new Set<StepSent>();
  for (const one of all) if (await isDone(one, asking)) done.add(one.sent);
  return done;
}

function unconfirmedIn({ batches }: EarlierRun): readonly Unconfirmed[] {
  const phases = batches.flatMap(({ tasks, handlers }) => [...tasks.values(), ...(handlers?.values() ?? [])]);
  return phases.flatMap(({ open, done }: EarlierPhase) => [
    ...open.flatMap((task) => unseen(task)),
    ...done.filter(isWithheld).flatMap((task) => [...task.unsure.values()].map((sent) => ({ sent, secret: true }))),
  ]);
}

/** Of a task that had not ended, the commands of items that had not. */
function unseen({ unsure, items }: EarlierTask): readonly Unconfirmed[] {
  return [...unsure].flatMap(([item, sent]) => {
    const kept = item === undefined ? undefined : items.get(item);
    return kept === undefined || kept.withheld ? [{ sent, secret: kept !== undefined }] : [];
  });
}

function sentenceOf({ sent: { host, step, task }, secret }: Unconfirmed): string {
  const why = secret ? 'was run, but what it gave is secret and was not kept' : 'was sent, and its end was not seen';
  return `${host}: \`${step}\` of task \`${task}\` ${why}`;
}

function undecided(one: Unconfirmed): Diagnostic {
  const help = one.secret
    ? '`--unconfirmed again` runs it once more; without `--resume` it runs again, too'
    : '`--unconfirmed again` runs it once more, `--unconfirmed done` takes it as done';
  return { code: 'PV0010', message: sentenceOf(one), help };
}

async function isDone(one: Unconfirmed, asking: Asking): Promise<boolean> {
  const choices = one.secret
    ? 'run it (a)gain or (s)top? [a/s]'
    : 'run it (a)gain, take it as (d)one, or (s)top? [a/d/s]';
  for (;;) {
    const answer = (await ask(`${sentenceOf(one)}; ${choices} `, asking)).trim().toLowerCase();
    if (/^s/.test(answer)) throw new Interrupted();
    if (/^a/.test(answer)) return false;
    if (/^d/.test(answer) && !one.secret) return true;
  }
}
