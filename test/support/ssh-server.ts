import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext, type ServerChannel } from 'ssh2';

export interface TestServerOptions {
  readonly user?: string;
  readonly password?: string;
  /** Lines as in authorized_keys. */
  readonly authorizedKeys?: readonly string[];
  /** Asks for the password by keyboard-interactive alone. */
  readonly interactive?: boolean;
  /** Private keys; an ed25519 key of its own where left out. */
  readonly hostKeys?: readonly string[];
  readonly banner?: string;
  /** What runs `command`; `sh -c` where left out. */
  readonly loginShell?: (command: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly maxSessions?: number;
  /** Any free one where left out. */
  readonly port?: number;
}

export interface TestServer {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` of its first host key. */
  readonly hostKey: string;
  /** Logins that went well, and sessions opened. */
  readonly counts: { logins: number; sessions: number };
  /** Breaks every connection as a cut cable would, once its end is noticed. */
  cut(): void;
  /** Hears and says nothing any more, as a host does whose cable is pulled out. */
  fallSilent(): void;
  /** Ends the programs that run in the sessions. */
  killSessions(): void;
  close(): Promise<void>;
}

/** A real SSH server in this process; what is executed really runs here. */
export async function startSshServer(options: TestServerOptions = {}): Promise<TestServer> {
  const hostKeys = options.hostKeys ?? [generateKey().private];
  const counts = { logins: 0, sessions: 0 };
  const sockets = new Set<Connection>();
  const children = new Set<ChildProcess>();
  const server = new ssh2.Server({ hostKeys: [...hostKeys], ...(options.banner && { banner: options.banner }) });
  server.on('connection', (connection) => {
    sockets.add(connection);
    connection.on('close', () => sockets.delete(connection));
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => authenticate(context, options));
    connection.on('ready', () => {
      counts.logins += 1;
      serve(connection, { options, counts, children });
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: publicKeyOf(hostKeys[0] ?? ''),
    counts,
    fallSilent() {
      for (const connection of sockets) socketOf(connection).pause();
    },
    cut() {
      for (const connection of sockets) socketOf(connection).destroy();
    },
    killSessions() {
      for (const child of children) child.kill('SIGKILL');
    },
    async close() {
      for (const connection of sockets) connection.end();
      for (const child of children) child.kill('SIGKILL');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface KeyPair {
  readonly private: string;
  /** As in authorized_keys. */
  readonly public: string;
}

export function generateKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase?: string): KeyPair {
  const bits = type === 'rsa' ? { bits: 2048 } : type === 'ecdsa' ? { bits: 256 } : {};
  const lock = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 2 };
  const generate = ssh2.utils.generateKeyPairSync as (type: string, options: object) => KeyPair;
  // One in a thousand ed25519 keys that ssh2 makes it cannot read itself.
  for (;;) {
    const pair = generate(type, { ...bits, ...lock });
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}

export function publicKeyOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

function authenticate(context: AuthContext, options: TestServerOptions): void {
  const { user = 'tester', password, interactive = false } = options;
  const methods: ('publickey' | 'password' | 'keyboard-interactive')[] = ['publickey'];
  if (password !== undefined) methods.push(interactive ? 'keyboard-interactive' : 'password');
  const decide = (right: boolean): void => {
    if (right && context.username === user) context.accept();
    else context.reject(methods);
  };
  if (context.method === 'keyboard-interactive' && interactive) {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => decide(answer === password));
  } else if (context.method === 'password') decide(!interactive && context.password === password);
  else decide(context.method === 'publickey' && isAuthorized(context, options));
}

function isAuthorized({ key }: PublicKeyAuthContext, { authorizedKeys = [] }: TestServerOptions): boolean {
  return authorizedKeys.some((line) => line.split(' ')[1] === key.data.toString('base64'));
}

interface Serving {
  readonly options: TestServerOptions;
  readonly counts: { sessions: number };
  readonly children: Set<ChildProcess>;
}

function serve(connection: Connection, { options, counts, children }: Serving): void {
  let open = 0;
  connection.on('session', (accept, reject) => {
    if (open >= (options.maxSessions ?? 10)) return void reject();
    open += 1;
    counts.sessions += 1;
    const session = accept();
    session.on('close', () => {
      open -= 1;
    });
    session.on('exec', (acceptExec, _reject, { command }) => {
      children.add(execute(acceptExec(), command, options));
    });
  });
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const socket = connectSocket(destPort, destIP);
    socket.once('error', () => reject());
    socket.once('connect', () => {
      const channel = accept();
      channel.pipe(socket).pipe(channel);
      for (const end of [channel, socket]) end.on('error', () => undefined);
      socket.on('close', () => channel.end());
      channel.on('close', () => socket.destroy());
    });
  });
}

/** Runs the command here, and lets the channel speak for it. */
export function execute(channel: ServerChannel, command: string, options: TestServerOptions): ChildProcess {
  const { loginShell = (text) => ['sh', '-c', text], environment = {} } = options;
  const [program = 'sh', ...words] = loginShell(command);
  const path = `${environment.PATH ?? ''}:/usr/local/bin:/usr/bin:/bin`.replace(/^:/, '');
  const env = { HOME: '/', USER: 'tester', LEAKED: 'from the login', ...environment, PATH: path };
  const child = spawn(program, words, { env });
  channel.pipe(child.stdin);
  sendInTurn(channel, child);
  for (const stream of [child.stdin, channel, channel.stderr]) stream.on('error', () => undefined);
  // As sshd: the exit status at once, the end only when nobody holds the streams any more.
  child.on('exit', (code, signal) => {
    if (code === null) channel.exit((signal ?? 'SIGKILL').replace('SIG', ''));
    else channel.exit(code);
  });
  child.on('close', () => channel.close());
  channel.on('close', () => child.stdin.destroy());
  return child;
}

/**
 * One piece at a time: where both streams wait for the window of the channel, the server of ssh2 serves only one of
 * them, and may send a piece of the other once more.
 */
function sendInTurn(channel: ServerChannel, { stdout, stderr }: ChildProcessWithoutNullStreams): void {
  const forgetPieces = { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined };
  let turn = Promise.resolve();
  for (const [from, to] of [[stdout, channel] as const, [stderr, channel.stderr] as const]) {
    from.on('data', (piece: Buffer) => {
      from.pause();
      const write = () =>
        new Promise<void>((resolve) => void (to.writable ? to.write(piece, () => resolve()) : resolve()));
      turn = turn.then(write).then(() => {
        Object.assign(channel, forgetPieces);
        from.resume();
      });
    });
  }
}

/** ssh2 keeps the socket to itself, and offers no way to break off without a good-bye. */
export function socketOf(connection: Connection): Socket {
  return (connection as unknown as { readonly _sock: Socket })._sock;
}
