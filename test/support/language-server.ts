import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

export interface Completion {
  readonly label: string;
  readonly documentation?: unknown;
}

interface Diagnosed {
  readonly uri: string;
  readonly diagnostics: readonly { readonly message: string; readonly range: { readonly start: { line: number } } }[];
}

/** The YAML language server that editors run, spoken to over its standard streams. */
export class LanguageServer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { readonly wanted: (message: Message) => boolean; readonly take: (m: Message) => void }[] =
    [];
  private received = Buffer.alloc(0);
  private requests = 0;

  constructor() {
    const manifest = createRequire(import.meta.url).resolve('yaml-language-server/package.json');
    this.child = spawn(process.execPath, [join(dirname(manifest), 'bin', 'yaml-language-server'), '--stdio']);
    this.child.stdout.on('data', (data: Buffer) => this.receive(data));
  }

  async start(root: string): Promise<void> {
    await this.request('initialize', { processId: process.pid, rootUri: pathToFileURL(root).href, capabilities: {} });
    this.notify('initialized', {});
  }

  /** Opens a text as if it were this file, and resolves to what the server finds wrong with it. */
  async open(path: string, text: string): Promise<Diagnosed['diagnostics']> {
    const uri = pathToFileURL(path).href;
    const told = this.next(
      ({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as Diagnosed).uri === uri,
    );
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return ((await told).params as Diagnosed).diagnostics;
  }

  /** What it offers at a place; line and character from 0. */
  async completions(path: string, position: { line: number; character: number }): Promise<readonly Completion[]> {
    const at = { textDocument: { uri: pathToFileURL(path).href }, position };
    const { result } = await this.request('textDocument/completion', at);
    return (result as { items: readonly Completion[] }).items;
  }

  async hover(path: string, position: { line: number; character: number }): Promise<string> {
    const { result } = await this.request('textDocument/hover', {
      textDocument: { uri: pathToFileURL(path).href },
      position,
    });
    return JSON.stringify(result);
  }

  stop(): void {
    this.child.kill();
  }

  private request(method: string, params: unknown): Promise<Message> {
    this.requests += 1;
    const id = this.requests;
    const answer = this.next((message) => message.id === id && message.method === undefined);
    this.send({ id, method, params });
    return answer;
  }

  private notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  private next(wanted: (message: Message) => boolean): Promise<Message> {
    return new Promise((take) => this.waiting.push({ wanted, take }));
  }

  private send(message: Message): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  private receive(data: Buffer): void {
    this.received = Buffer.concat([this.received, data]);
    for (;;) {
      const end = this.received.indexOf('\r\n\r\n');
      const [, length] = /Content-Length: (\d+)/i.exec(this.received.subarray(0, Math.max(0, end)).toString()) ?? [];
      if (end < 0 || length === undefined || this.received.length < end + 4 + Number(length)) return;
      const body = this.received.subarray(end + 4, end + 4 + Number(length));
      this.received = this.received.subarray(end + 4 + Number(length));
      this.take(JSON.parse(body.toString()) as Message);
    }
  }

  private take(message: Message): void {
    if (message.id !== undefined && message.method !== undefined) this.send({ id: message.id, result: null });
    const at = this.waiting.findIndex(({ wanted }) => wanted(message));
    if (at >= 0) this.waiting.splice(at, 1)[0]?.take(message);
  }
}
