import { problem } from '../core/diagnostic.ts';
import type { RunEvent } from '../core/event.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import { run } from '../engine/run.ts';
import type { Playbook } from '../load/playbook.ts';
import { diagnosticText } from '../report/diagnostic-text.ts';
import { ask, canAsk, terminalAsking } from './ask.ts';
import { destroyPlaybook, taskNames } from './destroy-playbook.ts';
import { exitInterrupted } from './failure.ts';
import { forgetGuests, remembered } from './forget-guests.ts';
import { nameGuests } from './name-guests.ts';
import { openInventory } from './open-inventory.ts';
import { destroyFlags } from './options.ts';
import { type Options, optionsHelp, parseOptions } from './parse-options.ts';
import { type OwnWork, requestFor, runOwnPlaybook, tell } from './run-own-playbook.ts';
import { abortOnSignals } from './signals.ts';
import { strayGuests } from './stray-guests.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision destroy GUEST... [options]
       provision destroy --prune [GUEST...] [options]

Takes guests away with all that was made for them: domain, NVRAM, snapshots, their volumes, seed, reservation, port
forwards, pinned host key, recorded address. Shows it first, and has the name of each guest typed. Domains that
provision did not make are never touched. The next run installs a guest anew that the inventory still has.

${optionsHelp(destroyFlags)}
`;

const forks = 10;

interface Destroying extends OwnWork {
  readonly options: Options<typeof destroyFlags>;
}

/** `provision destroy GUEST…`. */
export async function destroyCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, destroyFlags);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (words.length === 0 && (!options.prune || (options.yes && !options.check))) {
    throw problem('PV0003', 'no guest is named', {
      help: options.prune ? 'with -y, name those that may go' : 'provision destroy GUEST, or --prune',
    });
  }
  const known = await openInventory(options);
  const { signal, release } = abortOnSignals();
  try {
    const destroying = { ...known, options, signal };
    if (!options.prune) return await destroy(nameGuests(words, known), destroying);
    const { guests, failures } = await strayGuests(words, { ...known, signal, forks });
    for (const failure of failures) {
      process.stderr.write(`${known.secrets.mask(diagnosticText(failure, surroundingsOf(process.stderr)))}\n`);
    }
    if (guests.length === 0) tell('no hypervisor has a guest that the inventory does not name', destroying);
    const exit = guests.length === 0 ? 0 : await destroy(guests, destroying);
    return failures.length > 0 ? Math.max(3, exit) : exit;
  } finally {
    release();
  }
}

async function destroy(guests: readonly KnownGuest[], destroying: Destroying): Promise<number> {
  const { options } = destroying;
  const plan = await planFor(guests, destroying);
  if (plan.exit !== 0) return plan.exit;
  for (const guest of guests) tell(planText(guest, plan.steps.get(guest.name) ?? []), destroying);
  const present = guests.filter(({ name }) => (plan.steps.get(name) ?? []).length > 0);
  if (options.check || present.length === 0) return 0;
  const chosen = options.yes ? present : await confirmed(present);
  if (chosen.length === 0) {
    tell('nothing was taken away', destroying);
    return 0;
  }
  return perform(chosen, destroying);
}

/**
 * Looks without touching anything, at each guest by itself: behind one that would go, check mode calls the refusal of the
 * next uncertain. What is refused for one is told, and then none is touched.
 */
async function planFor(guests: readonly KnownGuest[], destroying: Destroying) {
  const steps = new Map<string, readonly string[]>();
  let exit = 0;
  for (const guest of guests) {
    const titles: string[] = [];
    const emit = (event: RunEvent): void => {
      if (event.event === 'task.plan') titles.push(...event.steps.map(({ title }) => title));
      tellFailure(event, destroying);
    };
    exit = Math.max(
      exit,
      await run({ ...requestFor([playbookFor([guest], destroying)], destroying), check: true, emit }),
    );
    steps.set(guest.name, [...titles, ...remembered(guest.name, destroying)]);
  }
  return { exit: destroying.signal.aborted ? exitInterrupted : exit, steps };
}

async function perform(guests: readonly KnownGuest[], destroying: Destroying): Promise<number> {
  const done = new Set<string>();
  const exit = await runOwnPlaybook(playbookFor(guests, destroying), destroying, {
    emit: (event) => {
      if (event.event === 'task.end' && (event.status === 'ok' || event.status === 'changed')) done.add(event.task);
    },
  });
  const gone = guests.filter(({ name }) => taskNames(name).every((task) => done.has(task)));
  forgetGuests(
    gone.map(({ name }) => name),
    destroying,
  );
  return exit;
}

function playbookFor(guests: readonly KnownGuest[], { options }: Destroying): Playbook {
  return destroyPlaybook(guests, options['keep-disks']);
}

function tellFailure(event: RunEvent, { secrets }: Destroying): void {
  const failure =
    event.event === 'diagnostic' || (event.event === 'task.end' && ['failed', 'unreachable'].includes(event.status))
      ? event.diagnostic
      : undefined;
  if (failure) process.stderr.write(`${secrets.mask(diagnosticText(failure, surroundingsOf(process.stderr)))}\n`);
}

function planText({ name, hypervisor }: KnownGuest, steps: readonly string[]): string {
  if (steps.length === 0) return `${name}: nothing of it is on ${hypervisor}`;
  return [`${name} on ${hypervisor}:`, ...steps.map((step) => `  ${step}`)].join('\n');
}

/** Those whose names were typed. */
async function confirmed(guests: readonly KnownGuest[]): Promise<readonly KnownGuest[]> {
  const asking = terminalAsking();
  if (!canAsk(asking)) {
    throw problem('PV0004', 'the names of the guests are to be typed, and there is no terminal', {
      help: '`-y` takes them away unasked',
    });
  }
  const chosen: KnownGuest[] = [];
  for (const guest of guests) {
    const answer = await ask(`type ${guest.name} to destroy it: `, asking);
    if (answer.trim() === guest.name) chosen.push(guest);
  }
  return chosen;
}
