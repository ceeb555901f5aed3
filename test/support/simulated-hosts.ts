import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { execute, generateKey, publicKeyOf, socketOf, type TestServerOptions } from './ssh-server.ts';

/**
 * What is wrong with a host. `silent` takes the connection and says nothing; `slow` answers a second late each time;
 * `cut` breaks off in the middle of an answer; `babbling` speaks no SSH; `garbled` logs in, and its shell answers
 * garbage; `frozen` answers its first request and no other; `closed` refuses connections; `stranger` shows the wrong key.
 */
export type Fault = 'silent' | 'slow' | 'cut' | 'babbling' | 'garbled' | 'frozen' | 'closed' | 'stranger';

export interface SimulationOptions {
  readonly count: number;
  /** Of the first hosts. */
  readonly faults?: readonly Fault[];
  readonly loginShell?: TestServerOptions['loginShell'];
}

export interface SimulationCounts {
  logins: number;
  sessions: number;
  /** Sockets open now, and the most there were at once. */
  sockets: number;
  mostSockets: number;
}

/** Many hosts in one process: the real protocol on a port each, and for every session a shell of this machine. */
export interface Simulation {
  /** `host0`, `host1`, …, in the group `many`; each has a variable `folder`, a folder of its own here. */
  readonly inventory: string;
  readonly folder: string;
  readonly counts: SimulationCounts;
  /** How often each host let somebody in. */
  readonly logins: ReadonlyMap<string, number>;
  readonly open: ReadonlySet<string>;
  /** Breaks the connections of hosts with a fault, and takes no others, so that nobody has to wait for a time-out. */
  letGo(): void;
  close(): Promise<void>;
}

const password = 'let me in';
const lateMs = 1000;

interface SimulatedHost {
  readonly name: string;
  readonly folder: string;
  readonly fault: Fault | undefined;
}

export async function startSimulatedHosts({ count, faults = [], loginShell }: SimulationOptions): Promise<Simulation> {
  const simulation = new SimulatedHosts(loginShell);
  const hosts = Array.from({ length: count }, (_, index) => simulation.host(index, faults[index]));
  const ports = await Promise.all(hosts.map((host) => simulation.listen(host)));
  simulation.inventory = inventoryText(hosts, ports, simulation.hostKey);
  return simulation;
}

class SimulatedHosts implements Simulation {
  inventory = '';
  readonly folder = mkdtempSync(join(tmpdir(), 'provision-hosts-'));
  readonly counts = { logins: 0, sessions: 0, sockets: 0, mostSockets: 0 };
  readonly logins = new Map<string, number>();
  readonly open = new Set<string>();
  readonly hostKey: string;
  private readonly honest: ssh2.Server;
  private readonly stranger: ssh2.Server;
  private readonly doors: Server[] = [];
  private readonly sockets = new Map<Socket, SimulatedHost>();
  private readonly loginShell: SimulationOptions['loginShell'];
  private hasLetGo = false;
  private readonly shells = new Set<ChildProcess>();

  constructor(loginShell: SimulationOptions['loginShell']) {
    this.loginShell = loginShell;
    const key = generateKey().private;
    this.hostKey = publicKeyOf(key);
    this.honest = this.server(key);
    this.stranger = this.server(generateKey().private);
  }

  host(index: number, fault: Fault | undefined): SimulatedHost {
    const name = `host${index}`;
    const folder = join(this.folder, name);
    mkdirSync(folder);
    return { name, folder, fault };
  }

  /** The port on which the host answers. */
  async listen(host: SimulatedHost): Promise<number> {
    const door = createServer((socket) => this.answer(socket, host));
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const { port } = door.address() as AddressInfo;
    if (host.fault === 'closed') door.close();
    else this.doors.push(door);
    return port;
  }

  letGo(): void {
    this.hasLetGo = true;
    for (const [socket, { fault }] of this.sockets) if (fault !== undefined) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.keys()) socket.destroy();
    const ended = [...this.shells].map((shell) => new Promise((resolve) => shell.once('close', resolve)));
    await Promise.all(this.doors.map((door) => new Promise((resolve) => door.close(resolve))));
    for (const shell of this.shells) shell.kill('SIGKILL');
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private answer(socket: Socket, host: SimulatedHost): void {
    this.sockets.set(socket, host);
    this.open.add(host.name);
    this.counts.sockets += 1;
    this.counts.mostSockets = Math.max(this.counts.mostSockets, this.counts.sockets);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.open.delete(host.name);
      this.counts.sockets -= 1;
    });
    if (host.fault && this.hasLetGo) socket.destroy();
    else if (host.fault === 'silent') socket.resume();
    else if (host.fault === 'babbling') socket.end(randomBytes(1000));
    else (host.fault === 'stranger' ? this.stranger : this.honest).injectSocket(socket);
  }

  private server(hostKey: string): ssh2.Server {
    const server = new ssh2.Server({ hostKeys: [hostKey] });
    server.on('connection', (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method === 'password' && context.password === password) context.accept();
        else context.reject(['password']);
      });
      connection.on('ready', () => this.letIn(connection));
    });
    return server;
  }

  private letIn(connection: Connection): void {
    const socket = socketOf(connection);
    const host = this.sockets.get(socket);
    if (!host) return;
    this.counts.logins += 1;
    this.logins.set(host.name, (this.logins.get(host.name) ?? 0) + 1);
    connection.on('session', (accept) => {
      this.counts.sessions += 1;
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        if (host.fault) spoil(channel, host.fault, socket);
        const { loginShell } = this;
        const shell = execute(channel, command, {
          environment: { HOME: host.folder },
          ...(loginShell && { loginShell }),
        });
        this.shells.add(shell);
        shell.once('close', () => this.shells.delete(shell));
      });
    });
  }
}

/** Makes what the shell says arrive late, broken or not at all. */
function spoil(channel: ServerChannel, fault: Fault, socket: Socket): void {
  const send = channel.write.bind(channel) as (piece: Uint8Array, done: () => void) => boolean;
  const spoiled: Partial<Record<Fault, (piece: Uint8Array, done: () => void) => void>> = {
    slow: (piece, done) => {
      setTimeout(send, lateMs, piece, () => undefined);
      done();
    },
    garbled: (piece, done) => send(randomBytes(piece.length), done),
    cut: (piece, done) => {
      send(piece.subarray(0, piece.length / 2), () => socket.destroy());
      done();
    },
    frozen: (_piece, done) => done(),
  };
  const spoilt = spoiled[fault];
  let pieces = 0;
  const write = (piece: Uint8Array, done: () => void): boolean => {
    pieces += 1;
    const well = spoilt === undefined || (pieces === 1 && (fault === 'cut' || fault === 'frozen'));
    if (well) return send(piece, done);
    spoilt(piece, done);
    return true;
  };
  Object.assign(channel, { write });
}

function inventoryText(hosts: readonly SimulatedHost[], ports: readonly number[], hostKey: string): string {
  const lines = hosts.map(
    ({ name, folder }, index) => `    ${name}: { folder: ${folder}, ssh: { port: ${ports[index]} } }`,
  );
  const ssh = `{ host: 127.0.0.1, user: tester, password: ${password}, host_key: ${hostKey}, connect_timeout: 300 }`;
  return `many:\n  vars:\n    ssh: ${ssh}\n  hosts:\n${lines.join('\n')}\n`;
}
