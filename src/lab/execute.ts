import { spawn } from 'node:child_process';
import { problem } from '../core/diagnostic.ts';

export interface Execution {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each complete line of standard output, for commands that take minutes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program of this machine to its end, whatever its exit code. */
export function attempt(argv: readonly string[], options: ExecuteOptions = {}): Promise<Execution> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env: { ...process.env, ...options.environment } });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (options.onLine) reportLines(output.stdout, text, options.onLine);
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    // As a shell tells of a program that is not there.
    child.on('error', ({ message }) => resolve({ exit: 127, stdout: '', stderr: message }));
    child.on('close', (code) => resolve({ exit: code ?? 255, ...output }));
    // A program that ends without reading its input must not end us.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** Runs a program that must succeed, and answers with its standard output. */
export async function execute(argv: readonly string[], options: ExecuteOptions = {}): Promise<string> {
  const { exit, stdout, stderr } = await attempt(argv, options);
  if (exit === 0) return stdout;
  const transcript = `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw problem('PV5603', `\`${argv.slice(0, 4).join(' ')} …\` ended with exit code ${exit}`, {
    transcript,
    help: '`provision lab down` clears away what is left; a new `provision lab up` starts over',
  });
}

function reportLines(before: string, text: string, onLine: (line: string) => void): void {
  const unfinished = before.slice(before.lastIndexOf('\n') + 1);
  const lines = (unfinished + text).split('\n');
  for (const line of lines.slice(0, -1)) onLine(line);
}
