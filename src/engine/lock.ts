import { problem } from '../core/diagnostic.ts';
import type { Remote } from '../core/plan.ts';
import { beatScript, contestScript, held, heldByOther, lost, releaseScript, takeScript } from './lock-script.ts';

const beatMs = 10_000;
/** A shell that is busy for so long is passed by over another channel. */
const patienceMs = 5_000;
/** Seconds for giving the lock back; where the host does not hear it, it goes with the session. */
const releaseTimeout = 10;

export interface LockOwner {
  /** Names the run. */
  readonly run: string;
  /** Who runs it, for those who find the lock held. */
  readonly user: string;
  /** The name under which this run knows the machine. */
  readonly machine: string;
  /** Where the lock is kept; by default /run/provision for root, /tmp/provision-<uid> for others. */
  readonly folder?: string;
}

/** The right to change a host, held until `release` or until the session ends. */
export interface Lock {
  /** Aborted where the host gave the lock to somebody else, because it heard nothing of us for 30 seconds. */
  readonly lost: AbortSignal;
  /** This run has it already, by this other name of the same machine; it goes when it goes there. */
  readonly sharedWith?: string;
  release(): Promise<void>;
}

/**
 * One request, so that it travels with the first reads; throws PV5040 where another run is on the host. A process of
 * the session holds the lock there, and gives it back when the session ends or when it hears nothing of us any more.
 */
export async function acquireLock(remote: Remote, owner: LockOwner): Promise<Lock> {
  const since = new Date().toISOString();
  const take = (script: string) =>
    remote.run(lockCommand(script, owner, [owner.user, since, owner.machine]), { exits: [0, held, heldByOther, 1] });
  const first = await take(takeScript);
  const answer = first.exit === held ? await take(contestScript) : first;
  if (answer.exit === heldByOther) {
    // Two names of the inventory may be one machine; the name that came first then holds the lock for both.
    const [run, , , , machine = ''] = answer.stdout.split('\n');
    if (run === owner.run) return heldAlready(machine);
    throw heldProblem(answer.stdout);
  }
  if (answer.exit !== 0) {
    throw problem('PV5041', `the lock of the host cannot be taken: ${answer.stderr.trim()}`, {
      help: 'root keeps it in /run/provision, others in /tmp/provision-<uid>: is that folder theirs, and writable?',
    });
  }
  const losing = new AbortController();
  const timer = setInterval(() => void beat(remote, owner, losing), beatMs);
  timer.unref();
  return {
    lost: losing.signal,
    async release() {
      clearInterval(timer);
      await remote.run(lockCommand(releaseScript, owner), { timeout: releaseTimeout });
    },
  };
}

function heldAlready(sharedWith: string): Lock {
  return { sharedWith, lost: new AbortController().signal, release: () => Promise.resolve() };
}

/** A sign of life. One that cannot be given says nothing about the lock: the connection itself then fails. */
async function beat(remote: Remote, owner: LockOwner, losing: AbortController): Promise<void> {
  const command = lockCommand(beatScript, owner);
  const options = { exits: [0, lost], timeout: 30 };
  const direct = remote.run(command, options);
  const timer = setTimeout(() => void judge(remote.run(command, { ...options, lasting: true })), patienceMs);
  const judge = async (answer: Promise<{ readonly exit: number }>): Promise<void> => {
    const exit = await answer.then(
      (output) => output.exit,
      () => 0,
    );
    if (exit === lost) losing.abort(problem('PV5042', 'the lock of the host was lost to another run', lostHelp));
  };
  await judge(direct);
  clearTimeout(timer);
}

const lostHelp = {
  help: 'the host heard nothing of this run for 30 seconds; look what the other run does, then run again',
};

function lockCommand(script: string, { folder = '', run }: LockOwner, words: readonly string[] = []): string[] {
  return ['sh', '-c', script, 'provision-lock', folder, run, ...words];
}

function heldProblem(content: string) {
  const [run = '', user = '', since = '', holder = ''] = content.split('\n');
  const who = run === '' ? 'another run' : `run ${run} of ${user}, since ${since},`;
  return problem('PV5040', `${who} holds the lock of the host`, {
    help:
      'wait until it has ended; the lock of a dead run goes away by itself within 30 seconds' +
      (holder === '' ? '' : ` (its holder there is process ${holder})`),
  });
}
