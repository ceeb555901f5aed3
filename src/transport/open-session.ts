import { randomBytes } from 'node:crypto';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import { type Become, becomeUser } from './become.ts';
import type { Channel, Link } from './channel.ts';
import { silenceMs } from './keep-alive.ts';
import { lookLibrary } from './look-library.ts';
import { LostConnection } from './lost-connection.ts';
import { Session, type SessionOptions } from './session.ts';
import { cleanEnvironment, launchers, serveRequests } from './shell-text.ts';

/** A host that has fallen silent is told to be lost before it is told to have no shell. */
const handshakeMs = silenceMs + 5_000;
const noiseLimit = 4096;

export interface ShellPlan extends SessionOptions {
  readonly link: Link;
  readonly become?: Become;
  /** Which POSIX shell to talk to; `sh` where left out. */
  readonly shell?: string;
  /** Resolves when there is room for another channel, with the way out. */
  enter(): Promise<() => void>;
}

/**
 * A session that takes requests at once, while its shell is being started. Until the shell's first mark everything is
 * thrown away: banners, what a .bashrc prints, the greeting of a login shell of another kind.
 */
export function openSession(plan: ShellPlan): Session {
  const session = new Session(plan);
  launch(session, plan).catch((error: Error) => session.fail(error));
  return session;
}

async function launch(session: Session, plan: ShellPlan): Promise<void> {
  const leave = await plan.enter();
  void session.ended.then(leave);
  let heard = '';
  for (const launcher of launchers(plan.shell ?? 'sh')) {
    if (!session.alive) return;
    const channel = await plan.link.openChannel(launcher);
    plan.traffic.channels += 1;
    const noise = collectNoise(channel);
    if (await shakeHands(session, channel, plan).catch(closing(channel))) return noise.stop();
    channel.close();
    heard = noise.text() || heard;
  }
  throw noShell(plan, heard);
}

function closing(channel: Channel): (error: unknown) => never {
  return (error) => {
    channel.close();
    throw error;
  };
}

/** `false` where the channel closes first, which is what a login shell does that cannot follow. */
async function shakeHands(session: Session, channel: Channel, plan: ShellPlan): Promise<boolean> {
  const { become, link, host, shell = 'sh' } = plan;
  const limit = timeLimit();
  try {
    if (become && become.user !== link.user) {
      const raised = becomeUser({ channel, become, place: { host, login: link.user } });
      if ((await Promise.race([raised, limit.reached])) === late) throw noShell(plan, '');
    }
    if (!session.alive) throw new LostConnection(host, 'it was closed');
    const prefix = `\x1e${randomBytes(16).toString('hex')}`;
    const opening = `${cleanEnvironment(shell)}\n${serveRequests(prefix, lookLibrary)}\n`;
    const attached = session.attach({ channel, opening, prefix: Buffer.from(prefix) });
    const first = await Promise.race([attached, limit.reached]);
    // It may yet wake up and read what it was sent, so no other is sent the same.
    if (first === late) throw noShell(plan, '');
    return first;
  } finally {
    limit.stop();
  }
}

const late = Symbol('late');

function timeLimit(): { readonly reached: Promise<typeof late>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), handshakeMs);
  });
  return { reached, stop: () => clearTimeout(timer) };
}

function collectNoise(channel: Channel): { text(): string; stop(): void } {
  let heard = '';
  const listen = (chunk: Buffer): void => {
    if (heard.length < noiseLimit) heard += chunk.toString('utf8');
    else stop();
  };
  const stop = (): void => {
    channel.stdout.off('data', listen);
    channel.stderr.off('data', listen);
  };
  channel.stdout.on('data', listen);
  channel.stderr.on('data', listen);
  return {
    stop,
    text() {
      stop();
      return heard.trim();
    },
  };
}

function noShell({ host, link }: ShellPlan, heard: string): ProvisionError {
  return problem('PV4011', `${link.user} cannot start a shell on ${host}`, {
    help: `try: ssh ${link.user}@${host} 'exec sh -c "echo works"'; the login shell must be able to start sh`,
    ...(heard !== '' && { transcript: heard.slice(0, noiseLimit) }),
  });
}
