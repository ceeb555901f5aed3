import { ProvisionError, problem } from '../core/diagnostic.ts';
import type { Finding } from '../core/finding.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import { type LookAt, locateGuest, moveUnderway, type Seat, type Underway, withLooks } from '../engine/locate-guest.ts';
import { surveyDestination } from '../engine/move-destination.ts';
import { surveyGuest } from '../engine/moving-guest.ts';
import { filesToCopy } from '../engine/plan-move.ts';
import { verify } from '../engine/verify.ts';
import { leaseNotAsked } from '../engine/verify-guest.ts';
import { findingTable } from '../report/findings.ts';
import { ask, canAsk, terminalAsking } from './ask.ts';
import { exitInterrupted, printFailure } from './failure.ts';
import { planFor, planText } from './move-plan.ts';
import { commitPlaybook, movePlaybook, rollbackPlaybook } from './move-playbook.ts';
import { nameGuests } from './name-guests.ts';
import { type OpenInventory, openInventory } from './open-inventory.ts';
import { moveFlags } from './options.ts';
import { type Options, optionsHelp, parseOptions } from './parse-options.ts';
import { type OwnWork, runOwnPlaybook, tell } from './run-own-playbook.ts';
import { abortOnSignals } from './signals.ts';
import { surroundingsOf } from './terminal.ts';
import { hypervisorPlace, writeHypervisor } from './write-hypervisor.ts';

const usage = `Usage: provision move GUEST --to HOST [--cold | --live] [options]
       provision move GUEST --commit [options]
       provision move GUEST --rollback [options]

Moves a guest to another hypervisor of the inventory, with its disks, reservation and port forwards: shut down, or with
--live as it runs. What stands against it is told before anything is touched. On the old hypervisor the guest stays, off
and marked, until --commit removes it or --rollback goes back to it. Cut off at any point, the same command goes on. The
inventory is changed with the guest.
Exit code 2 if anything fails, 3 if a hypervisor cannot be reached.

${optionsHelp(moveFlags)}
`;

const forks = 10;

interface Moving extends OwnWork {
  readonly options: Options<typeof moveFlags>;
  readonly guest: KnownGuest;
}

/** `provision move GUEST`. */
export async function moveCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, moveFlags);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  checkWords(words, options);
  const known = await openInventory(options);
  const guest = oneGuest(words, known);
  checkHost(options.to, known);
  const { signal, release } = abortOnSignals();
  try {
    return await moveGuest({ ...known, options, guest, signal });
  } catch (error) {
    if (signal.aborted) return exitInterrupted;
    const isUnreachable = error instanceof ProvisionError && error.diagnostics[0].code.startsWith('PV40');
    return isUnreachable ? Math.max(3, printFailure(error)) : printFailure(error);
  } finally {
    release();
  }
}

function checkWords(words: readonly string[], { to, commit, rollback, within, ...how }: Moving['options']): void {
  if (words.length !== 1) throw problem('PV0003', 'name one guest', { help: 'provision move GUEST --to HOST' });
  const ways = [to !== undefined && '--to', commit && '--commit', rollback && '--rollback'].filter(Boolean);
  if (ways.length !== 1) {
    const why =
      ways.length === 0 ? 'it is not said where the guest is to go' : `${ways.join(' and ')} contradict each other`;
    throw problem('PV0003', why, { help: 'one of --to HOST, --commit, --rollback' });
  }
  const wayOf = [how.live && '--live', how.cold && '--cold'].filter(Boolean);
  if (wayOf.length > (to === undefined ? 0 : 1)) {
    const why =
      to === undefined ? `${wayOf.join(' and ')} is for --to HOST` : '--live and --cold contradict each other';
    throw problem('PV0003', why, { help: 'provision move GUEST --to HOST --live' });
  }
  if (within !== undefined && !/^[1-9]\d*$/.test(within)) {
    throw problem('PV0003', `\`--within ${within}\` is no number of seconds`, { help: '--within 300' });
  }
}

function oneGuest(words: readonly string[], known: OpenInventory): KnownGuest {
  const [guest, another] = nameGuests(words, known);
  if (guest && !another) return guest;
  throw problem('PV0003', `\`${words.join(' ')}\` is more than one guest`, { help: 'name one' });
}

function checkHost(to: string | undefined, { inventory }: OpenInventory): void {
  if (to === undefined || inventory.hosts.has(to)) return;
  throw problem('PV0003', `${to} is not in the inventory`, { help: '`provision inventory` shows all hosts' });
}

function moveGuest(moving: Moving): Promise<number> {
  const request = { ...moving, forks };
  return withLooks(request, async (lookAt) => {
    const seats = await locateGuest(moving.guest, moving.options.to, { request, lookAt });
    const underway = moveUnderway(seats);
    const { commit, rollback, to = '' } = moving.options;
    if (commit || rollback) {
      if (!underway || (rollback && !underway.left)) throw notUnderway(moving.guest.name, rollback);
      return commit ? commitMove(underway, moving) : rollBack(underway, lookAt, moving);
    }
    return moveTo(to, { seats, underway, lookAt }, moving);
  });
}

function notUnderway(name: string, rollback: boolean) {
  const what = rollback
    ? 'nothing of it is left on another hypervisor'
    : 'no hypervisor has a move of it that is not over';
  return problem('PV5321', `${name} cannot be ${rollback ? 'taken back' : 'committed'}: ${what}`, {
    help: '`provision status` shows where guests are',
  });
}

interface Located {
  readonly seats: readonly Seat[];
  readonly underway: Underway | undefined;
  readonly lookAt: LookAt;
}

async function moveTo(to: string, { seats, underway, lookAt }: Located, moving: Moving): Promise<number> {
  const { guest, inventory, options } = moving;
  const { name } = guest;
  const from = underway?.left ? underway.from : seats.find(({ host }) => host !== to)?.host;
  if (from === undefined) return stayed(to, seats, moving);
  const place = hypervisorPlace(name, inventory);
  const move = { name, from, to, ...(options.live && { live: true }) };
  const plan = await planFor(move, lookAt, moving);
  tell(planText(move, plan, underway), moving);
  if (place.value !== to) tell(`  ${place.at.source.name}: hypervisor becomes ${to}`, moving);
  if (options.check) return 0;
  await confirmed(`move ${name} from ${from} to ${to}? It ${options.live ? 'runs on' : 'is off'} meanwhile.`, moving);
  const within = options.within === undefined ? {} : { within: Number(options.within) };
  const address = guest.address !== undefined && /^[\d.]+$/.test(guest.address) ? { address: guest.address } : {};
  const exit = await runOwnPlaybook(movePlaybook(move, plan, { ...within, ...address }), moving);
  if (exit !== 0) return exit;
  if (place.value !== to) tell(writeHypervisor(place, to), moving);
  return prove({ to, live: options.live }, moving);
}

/** It is where it is wanted already, or nowhere. */
async function stayed(to: string, seats: readonly Seat[], moving: Moving): Promise<number> {
  const { name } = moving.guest;
  if (seats.length === 0) {
    throw problem('PV5318', `no hypervisor has ${name}`, { help: 'a run of its playbook installs it' });
  }
  const place = hypervisorPlace(name, moving.inventory);
  if (place.value !== to && !moving.options.check) tell(writeHypervisor(place, to), moving);
  tell(`${name} is on ${to}`, moving);
  return 0;
}

async function commitMove({ from, to, left, arrived, live }: Underway, moving: Moving): Promise<number> {
  const { guest, options } = moving;
  const { name } = guest;
  if (!arrived) {
    const help = `\`provision move ${name} --to ${to}\` goes on, --rollback takes it back`;
    throw problem('PV5321', `${name} has not come to ${to} yet`, { help });
  }
  if (left) tell(`${name}: runs on ${to}; what is left of it on ${from} goes, with its disks there`, moving);
  if (options.check) return 0;
  // Whatever the guest cannot do there it may still do here.
  const exit = await prove({ to, live }, moving);
  if (exit !== 0) return exit;
  await confirmed(`remove what is left of ${name} on ${from}, with its disks there?`, moving);
  return runOwnPlaybook(commitPlaybook({ name, from, to }, guest, left), moving);
}

async function rollBack({ from, to, live, arrived }: Underway, lookAt: LookAt, moving: Moving): Promise<number> {
  const { guest, options, inventory } = moving;
  const { name } = guest;
  const move = { name, from, to };
  const source = await surveyGuest(guest, await lookAt(from));
  if (!source) throw notUnderway(name, true);
  const destination = await surveyDestination({ guest, source, paths: () => [] }, await lookAt(to));
  const place = hypervisorPlace(name, inventory);
  tell(`${name}: back to ${from}; what is on ${to} goes, with all that it has written there`, moving);
  // Its disks here are those of the moment in which it was let go on there.
  if (live && arrived) tell('  it starts as after a power cut at the moment of the move', moving);
  if (options.check) return 0;
  await confirmed(`take ${name} back to ${from}, and lose all that it has written since it was moved?`, moving);
  // Before anything is undone: cut off then, the mark on the old hypervisor still says what is to be done.
  if (place.value !== from) tell(writeHypervisor(place, from), moving);
  const plan = { files: filesToCopy(source, destination.pools), pools: [...destination.pools.keys()] };
  return runOwnPlaybook(rollbackPlaybook(move, guest, plan), moving);
}

/** As `provision verify` does, by the inventory as it now is. */
async function prove({ to, live }: Pick<Underway, 'to' | 'live'>, moving: Moving): Promise<number> {
  const { guest, options, ...known } = moving;
  const { inventory, extra } = await openInventory({ ...options, quiet: true });
  const findings = await verify({ ...known, inventory, extra, guests: [guest.name], forks });
  const all = findings.filter(({ host }) => host === guest.name || host === to);
  const own = live ? all.map(withoutLease) : all;
  tell(findingTable(own, surroundingsOf(process.stdout)).trimEnd(), { ...known, options });
  return own.some(({ status }) => status === 'failed') ? 2 : 0;
}

/** The network there knows of no lease until the guest asks for its next, when half of the time of this one is over. */
function withoutLease(finding: Finding): Finding {
  if (finding.about !== 'lease' || !finding.message.endsWith(leaseNotAsked)) return finding;
  return { ...finding, status: 'skipped', message: `${finding.message}: it came with the lease that it had` };
}

async function confirmed(question: string, { options }: Moving): Promise<void> {
  if (options.yes) return;
  const asking = terminalAsking();
  if (!canAsk(asking)) {
    throw problem('PV0004', `this is to be confirmed, and there is no terminal: ${question}`, {
      help: '`-y` does it unasked',
    });
  }
  if (/^y(es)?$/i.test((await ask(`${question} [y/N] `, asking)).trim())) return;
  throw problem('PV5003', `not confirmed: ${question}`, { help: 'answer yes, or run with -y' });
}
