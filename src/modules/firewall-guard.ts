import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import type { ActContext, Effect, FreshLogin, Remote, Seconds } from '../core/plan.ts';
import { loadCommand, loadFunction } from './firewall-load.ts';

type Texts = { readonly [version in 4 | 6]: string };

export interface GuardedLoad {
  /** Names the fragment, and with it the timer. */
  readonly name: string;
  readonly wanted: Texts;
  /** What is put back where nobody gets in any more. */
  readonly before: Texts;
  readonly revertAfter: Seconds;
  /** What would have shut us out, where it can be told. */
  readonly suspect?: string;
}

/** Where the timer of a fragment keeps what it puts back; there only from arming to disarming. */
function guardFolder(name: string): string {
  return `/run/provision/firewall/${name}`;
}

/** There as long as rules are loaded that nobody has confirmed yet. */
export function armedPath(name: string): string {
  return `${guardFolder(name)}/armed`;
}

/** Loads rules in such a way that the host puts the old ones back by itself unless a new login confirms them. */
export function guardedLoad(load: GuardedLoad): Effect {
  return {
    kind: 'custom',
    name: `load the rules of ${load.name}, revert after ${load.revertAfter} s unless a new login confirms them`,
    act: (remote, progress, context) => {
      progress({ phase: 'firewall', line: 'new rules are tried; a new login must confirm them' });
      return loadAndConfirm(load, remote, context);
    },
  };
}

async function loadAndConfirm(load: GuardedLoad, remote: Remote, { signal, fresh }: ActContext): Promise<void> {
  const token = randomUUID();
  const way = { fresh, ...(signal && { signal }) };
  await arm(load, token, remote);
  let refused: unknown;
  try {
    await loadBoth(load, remote);
    refused = await confirm(load, token, way);
  } catch (error) {
    await revertNow(load, token, remote);
    throw error;
  }
  if (refused === undefined) return;
  await revertNow(load, token, remote);
  await backAgain(load, way);
  throw shutOut(load, refused);
}

async function loadBoth({ name, wanted }: GuardedLoad, remote: Remote): Promise<void> {
  for (const version of [4, 6] as const) {
    const called = `loading the rules of ${name} for IPv${version}`;
    if (wanted[version] !== '') await remote.run(loadCommand(version), { stdin: wanted[version], called });
  }
}

/** Armed already by a run that ended too early: then what *that* one replaced is to come back, for it was confirmed. */
const armScript = `set -e
folder=$1 unit=$2 token=$3 seconds=$4
umask 077
mkdir -p "$folder"
cd "$folder"
if [ -e armed ]; then rm -f new.v4 new.v6; else mv -f new.v4 before.v4; mv -f new.v6 before.v6; fi
printf '%s\\n' "$token" >armed.new
mv -f armed.new armed
if [ -d /run/systemd/system ]; then
  systemctl stop "$unit.timer" 2>/dev/null || :
  exec systemd-run --quiet --collect --unit="$unit" --on-active="$seconds" --timer-property=AccuracySec=100ms \\
    sh "$folder/revert" "$token"
fi
setsid sh -c 'sleep "$1"; exec sh "$2" "$3"' sh "$seconds" "$folder/revert" "$token" </dev/null >/dev/null 2>&1 &`;

/** One of the two gets the file that both want: the timer, or who confirms. */
function revertScript(folder: string): string {
  return `${loadFunction}
cd '${folder}' && [ "$(cat armed 2>/dev/null)" = "$1" ] && mv armed reverting || exit 0
for version in 4 6; do
  [ -s "before.v$version" ] || continue
  for try in 1 2 3; do load $version <"before.v$version" && break; sleep 1; done
done
cd / && rm -rf '${folder}'
`;
}

const lateExit = 3;
const disarmScript = `cd "$1" 2>/dev/null && [ "$(cat armed 2>/dev/null)" = "$3" ] && mv armed confirmed || exit ${lateExit}
[ ! -d /run/systemd/system ] || systemctl stop "$2.timer"
cd / && rm -rf "$1"`;

async function arm({ name, before, revertAfter }: GuardedLoad, token: string, remote: Remote): Promise<void> {
  const folder = guardFolder(name);
  await remote.run(['install', '-d', '-m', '0700', folder]);
  await Promise.all([
    remote.write({ path: `${folder}/new.v4`, content: before[4], mode: '0600' }),
    remote.write({ path: `${folder}/new.v6`, content: before[6], mode: '0600' }),
    remote.write({ path: `${folder}/revert`, content: revertScript(folder), mode: '0700' }),
  ]);
  const argv = ['sh', '-c', armScript, 'provision-firewall', folder, unitOf(name), token, String(revertAfter)];
  await remote.run(argv, { called: 'arming the timer that puts the old firewall rules back' });
}

function unitOf(name: string): string {
  return `provision-firewall-revert-${name}`;
}

type Way = { readonly fresh: FreshLogin; readonly signal?: AbortSignal };

/** Tries for two thirds of the time; the rest is for who is on the way when it ends. Why nobody got in, or nothing. */
async function confirm(load: GuardedLoad, token: string, way: Way): Promise<unknown> {
  const argv = ['sh', '-c', disarmScript, 'provision-firewall', guardFolder(load.name), unitOf(load.name), token];
  let late = false;
  const refused = await tryFor(patience(load), way, async (remote) => {
    const { exit } = await remote.run(argv, {
      exits: [0, lateExit],
      timeout: 20,
      called: 'confirming the new firewall rules',
    });
    late = exit === lateExit;
  });
  return late ? new Error('the login came too late') : refused;
}

/** At once where the session of before still lives; else the timer does it. */
async function revertNow({ name }: GuardedLoad, token: string, remote: Remote): Promise<void> {
  const argv = ['sh', `${guardFolder(name)}/revert`, token];
  await remote.run(argv, { timeout: 20 }).catch(() => undefined);
}

/** Waits until the host lets somebody in again, by its timer at the latest. */
async function backAgain({ revertAfter }: GuardedLoad, way: Way): Promise<void> {
  await tryFor(revertAfter + 15, way, async (remote) => void (await remote.run(['true'])));
}

/** Why nobody got in for so long, or nothing once somebody did. */
async function tryFor(
  seconds: Seconds,
  { fresh, signal }: Way,
  work: (remote: Remote) => Promise<void>,
): Promise<unknown> {
  const end = Date.now() + seconds * 1000;
  let why: unknown;
  while (Date.now() < end) {
    signal?.throwIfAborted();
    let begun: Promise<void> | undefined;
    const login = fresh((remote) => {
      // Whoever gets in after we have given up must not confirm what is being taken back.
      begun = Date.now() < end ? work(remote) : Promise.reject(new Error('the login came too late'));
      return begun;
    });
    why = await Promise.race([settled(login), patienceEnds(end, signal)]);
    if (why !== undefined && begun !== undefined) why = await settled(begun);
    if (why === undefined) return undefined;
    await sleep(500, undefined, signal && { signal });
  }
  return why;
}

function settled(work: Promise<void>): Promise<Error | undefined> {
  return work.then(() => undefined, asReason);
}

function asReason(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A host that drops what it is sent lets a login wait for longer than we do. */
async function patienceEnds(end: number, signal: AbortSignal | undefined): Promise<Error> {
  await sleep(end - Date.now(), undefined, { ref: false, ...(signal && { signal }) });
  return new Error('no answer to a new login');
}

function patience({ revertAfter }: GuardedLoad): Seconds {
  return Math.round((revertAfter * 2) / 3);
}

function shutOut(load: GuardedLoad, why: unknown): ProvisionError {
  const said = asReason(why).message;
  const reason = load.suspect === undefined ? said : `${load.suspect} (${said})`;
  return problem('PV5202', `with the new firewall rules nobody gets in any more: ${reason}`, {
    help: `the rules of before are back, after ${patience(load)} s of trying; let the new ones accept SSH from the controller`,
  });
}
