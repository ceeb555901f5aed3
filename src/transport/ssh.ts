import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ClientChannel, type ExecOptions } from 'ssh2';
import { ProvisionError, problem } from '../core/diagnostic.ts';
import type { Seconds } from '../core/plan.ts';
import { type Channel, type Ending, type Link, lastWordsMs, type Terminal, type TerminalSize } from './channel.ts';
import { checkHostKey } from './host-key.ts';
import { parseJump } from './jump.ts';
import { keepAliveMisses, keepAliveMs } from './keep-alive.ts';
import type { KnownHosts } from './known-hosts.ts';
import { LostConnection } from './lost-connection.ts';
import { type Credentials, prepareAuthentication } from './ssh-auth.ts';
import { connectionProblem, type Target } from './ssh-problem.ts';
import { sshSockets } from './ssh-sockets.ts';
import type { TrafficMeter } from './traffic.ts';

const closeMs = 2_000;

export interface SshTarget extends Target, Credentials {
  readonly hostKey?: string | undefined;
  readonly jump?: string | undefined;
  readonly timeout: Seconds;
}

export interface SshLink extends Link {
  openTerminal(command: string, size: TerminalSize): Promise<Terminal>;
}

interface SshContext {
  readonly knownHosts: KnownHosts;
  readonly traffic: TrafficMeter;
}

/** Logs in, through the jump hosts where there are any, each of which must show its own known key. */
export async function openSsh(target: SshTarget, context: SshContext): Promise<SshLink> {
  const clients: Client[] = [];
  try {
    let way: Duplex | undefined;
    for (const { at, next } of stages(target)) {
      const client = await logIn(at, way, context).catch((error: unknown) => {
        throw next ? jumpFailed(at, target, error) : error;
      });
      clients.push(client);
      way = next && (await forward(client, { at, next, target }));
    }
  } catch (error) {
    for (const client of clients) client.end();
    throw error;
  }
  return createLink(clients, target);
}

interface Stage {
  readonly at: SshTarget;
  readonly next?: SshTarget;
}

/** Jump hosts get keys only: the password is for the host behind them. */
function stages(target: SshTarget): Stage[] {
  const { user, timeout, privateKeyFile, passphrase } = target;
  const hops = target.jump === undefined || target.jump.trim() === '' ? [] : parseJump(target.jump);
  const targets = hops.map(({ host, port, user: name = user }): SshTarget => {
    const alias = port === 22 ? host : `[${host}]:${port}`;
    return { name: alias, host, port, user: name, timeout, privateKeyFile, passphrase };
  });
  return [...targets, target].map(
    (at, index, all) => ({ at, ...(all[index + 1] && { next: all[index + 1] }) }) as Stage,
  );
}

function logIn(target: SshTarget, way: Duplex | undefined, { knownHosts, traffic }: SshContext): Promise<Client> {
  const authentication = prepareAuthentication(target);
  const check = checkHostKey(target, knownHosts);
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let refusal: ProvisionError | undefined;
    const fail = (error: Error & { readonly level?: string }): void => {
      // An agent that fails is passed over: other ways follow.
      if (error.level === 'agent') return;
      client.end();
      reject(refusal ?? connectionProblem(error, target, authentication.tried));
    };
    client.on('error', fail);
    client.once('close', () => fail(new Error('the connection was closed')));
    client.once('ready', () => {
      traffic.logins += 1;
      client.removeAllListeners('close');
      resolve(client);
    });
    client.connect({
      ...(way ? { sock: way } : { host: target.host, port: target.port }),
      username: target.user,
      readyTimeout: target.timeout * 1000,
      keepaliveInterval: keepAliveMs,
      keepaliveCountMax: keepAliveMisses,
      algorithms: { serverHostKey: check.algorithms },
      authHandler: (left, partial, next) => authentication.next(left, partial, next),
      hostVerifier: (shown: Buffer) => {
        refusal = check.refuse(shown);
        return refusal === undefined;
      },
    });
    // Without it, Nagle's algorithm holds every short request back for 40 ms.
    if (!way) client.setNoDelay(true);
  });
}

interface Passage {
  readonly at: SshTarget;
  readonly next: SshTarget;
  readonly target: SshTarget;
}

function forward(client: Client, { at, next, target }: Passage): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, next.host, next.port, (error, stream) => {
      if (!error) return resolve(stream);
      const message = `${target.name}: the jump host ${at.host} cannot reach ${next.host}:${next.port}: ${error.message}`;
      reject(problem('PV4010', message, { help: `try there: nc -vz ${next.host} ${next.port}` }));
    });
  });
}

function jumpFailed(hop: SshTarget, target: SshTarget, error: unknown): unknown {
  if (!(error instanceof ProvisionError)) return error;
  const [{ message, code, help }] = error.diagnostics;
  // A host key is to be judged for what it is, whoever's it is.
  if (['PV4005', 'PV4006', 'PV4013'].includes(code)) return error;
  return problem('PV4010', `${target.name}: the jump host ${hop.user}@${hop.host} failed: ${message}`, {
    ...(help !== undefined && { help }),
  });
}

function createLink(clients: readonly Client[], { name, user }: SshTarget): SshLink {
  const client = clients.at(-1);
  if (!client) throw new Error('a link without a login');
  let why: string | undefined;
  const gone = new Promise<Ending>((resolve) => {
    const lose = (reason: string): void => {
      why ??= reason;
      resolve({ why });
    };
    client.removeAllListeners('error');
    client.on('error', (error) => lose(error.message === 'Keepalive timeout' ? 'it no longer answers' : error.message));
    client.on('end', () => lose('the host closed it'));
    client.on('close', () => lose('the host closed it'));
    for (const hop of clients.slice(0, -1)) hop.on('close', () => lose('a jump host closed it'));
  });
  const exec = (command: string, options: ExecOptions): Promise<ClientChannel> =>
    new Promise((resolve, reject) => {
      if (why !== undefined) return reject(new LostConnection(name, why ?? 'it was closed'));
      void gone.then(() => reject(new LostConnection(name, why ?? 'it was closed')));
      client.exec(command, options, (error, channel) => {
        if (!error) return resolve(channel);
        if (why !== undefined) return reject(new LostConnection(name, why));
        reject(channelRefused(name, error));
      });
    });
  return {
    user,
    get lost() {
      return why !== undefined;
    },
    ...sshSockets(client, { name, gone }),
    openChannel: async (command) => sshChannel(await exec(command, {}), gone),
    async openTerminal(command, { columns: cols, rows }) {
      const channel = await exec(command, { pty: { cols, rows, term: process.env.TERM ?? 'vt100' } });
      const resize = (size: TerminalSize): void => channel.setWindow(size.rows, size.columns, 0, 0);
      return { ...sshChannel(channel, gone), resize };
    },
    /** Whoever hangs up need not wait until the other side has noticed. */
    async close() {
      why ??= 'it was closed';
      for (const each of [...clients].reverse()) each.end();
      const timer = setTimeout(() => client.destroy(), closeMs);
      void gone.then(() => clearTimeout(timer));
    },
  };
}

function channelRefused(name: string, error: Error): ProvisionError {
  return problem('PV4014', `${name} does not open another channel: ${error.message}`, {
    help: 'look at MaxSessions in its sshd_config, and at its log',
  });
}

function sshChannel(channel: ClientChannel, gone: Promise<Ending>): Channel {
  let exit: number | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const settle = (): void => resolve(exit === undefined ? {} : { exit });
    channel.on('exit', (code: number | null) => {
      exit = code ?? undefined;
      // What it left in the background may hold the streams open for ever.
      setTimeout(settle, lastWordsMs).unref();
    });
    channel.on('close', settle);
  });
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    closed: Promise.race([ended, gone]),
    close() {
      channel.end();
      channel.close();
    },
  };
}
