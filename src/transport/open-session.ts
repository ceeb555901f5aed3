import { randomBytes } from 'node:crypto';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import { type Become, becomeUser } from './become.ts';
import type { Channel, Link } from './channel.ts';
import { Session, type SessionOptions } from './session.ts';
import { shellLibrary } from './shell-library.ts';
import { cleanEnvironment, launchers, serveRequests } from './shell-text.ts';

const handshakeMs = 30_000;
const noiseLimit = 4096;

export interface ShellPlan extends Omit<SessionOptions, 'channel' | 'prefix'> {
  readonly link: Link;
  readonly become?: Become;
  /** Which POSIX shell to talk to; `sh` where left out. */
  readonly shell?: string;
}

/**
 * Starts a shell and shakes hands with it. Until its first mark everything is thrown away: banners, what a .bashrc
 * prints, the greeting of a login shell of another kind.
 */
export async function openSession(plan: ShellPlan): Promise<Session> {
  let heard = '';
  for (const launcher of launchers(plan.shell ?? 'sh')) {
    const channel = await plan.link.openChannel(launcher);
    plan.traffic.channels += 1;
    const noise = collectNoise(channel);
    const session = await shakeHands(channel, plan).catch((error: unknown) => {
      channel.close();
      throw error;
    });
    if (session) return session;
    channel.close();
    heard = noise.text() || heard;
  }
  throw noShell(plan, heard);
}

/** `undefined` where the channel closes first, which is what a login shell does that cannot follow. */
async function shakeHands(channel: Channel, plan: ShellPlan): Promise<Session | undefined> {
  const { become, link, host } = plan;
  const limit = timeLimit();
  try {
    if (become && become.user !== link.user) {
      const raised = becomeUser({ channel, become, place: { host, login: link.user } });
      if ((await Promise.race([raised, limit.reached])) === late) return undefined;
    }
    const prefix = `\x1e${randomBytes(16).toString('hex')}`;
    const session = new Session({ ...plan, channel, prefix: Buffer.from(prefix) });
    channel.stdin.write(`${cleanEnvironment(plan.shell ?? 'sh')}\n`);
    channel.stdin.write(`${serveRequests(prefix, shellLibrary)}\n`);
    const first = await Promise.race([session.started(), channel.closed.then(() => late), limit.reached]);
    return first === late ? undefined : session;
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

function collectNoise(channel: Channel): { text(): string } {
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
