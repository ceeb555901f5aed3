import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import type { FileWrite, WriteOptions } from '../core/plan.ts';
import { lastLine, refuseCut, refuseSkipped, transcript } from './command-result.ts';
import type { Answer } from './exchange.ts';
import { downloadUrl } from './http.ts';
import type { Shell } from './look.ts';
import { shellWords } from './shell-text.ts';
import { writeFailures, writeLibrary } from './write-library.ts';
import type { Writes } from './writes.ts';

const writeTimeout = 300;

/** A shell reads its lines letter by letter: what is longer is cheaper through a pipe. */
const longestText = 8 * 1024;

/** A shell that writes short files together. */
export interface Writer extends Shell {
  readonly writes: Pick<Writes, 'put' | 'test'>;
}

export interface WholeFile extends WriteOptions {
  readonly content: string | Uint8Array;
}

/** Puts a file in place whole, in one request: the old one stays until the new one is complete, checked, on disk. */
export async function writeFile(shell: Writer, file: FileWrite, { content, signal, chain }: WholeFile): Promise<void> {
  const temporary = temporaryName(file.path);
  const bytes = Buffer.from(content);
  const install = installCommand(file, temporary, bytes.length);
  const way = { timeout: writeTimeout, ...(signal && { signal }), ...(chain && { link: { chain, exits: [0] } }) };
  const short = typeof content === 'string' && bytes.length <= longestText && !content.includes('\0');
  const answer = short
    ? await shell.writes.put(
        { path: file.path, temporary, text: content, withheld: rightsWithheld(file), install },
        way,
      )
    : await shell.exchange({
        command: `${shellWords(['_guard', temporary])}; _receive && ${install} && trap - 0`,
        needs: writeLibrary,
        stdin: bytes,
        ...way,
      });
  refuseFailure(answer, file, shell.host);
}

export interface Streamed {
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** The same from a URL that this machine fetches; its size is known only at the end, so it takes two requests. */
export async function streamFile(shell: Shell, file: FileWrite, { url, signal }: Streamed): Promise<void> {
  const temporary = temporaryName(file.path);
  let size = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of downloadUrl(url, signal)) {
      size += chunk.length;
      yield chunk;
    }
  };
  const guard = shellWords(['_guard', temporary]);
  const received = await shell.exchange({
    command: `${guard}; _receive && trap - 0`,
    needs: writeLibrary,
    stdin: counted(),
    ...(signal && { signal }),
  });
  refuseFailure(received, file, shell.host);
  const command = `${guard}; ${installCommand(file, temporary, size)} && trap - 0`;
  refuseFailure(await shell.exchange({ command, needs: writeLibrary, timeout: writeTimeout }), file, shell.host);
}

/** The new file begins with the mode it is to have, where a new file can have it; else nobody else may read it yet. */
function rightsWithheld({ mode = '0600' }: FileWrite): string {
  const wanted = Number.parseInt(mode, 8);
  return wanted & 0o7111 ? '077' : (0o777 & ~wanted).toString(8).padStart(3, '0');
}

/** Hidden and without an ending, so that no daemon takes it for one of its files meanwhile. */
function temporaryName(path: string): string {
  return join(dirname(path), `.provision-${randomBytes(8).toString('hex')}`);
}

function installCommand(file: FileWrite, temporary: string, size: number): string {
  const { path, mode, owner = '', group, sha256 = '', validate = [] } = file;
  const rights = mode === undefined ? '' : Number.parseInt(mode, 8).toString(8);
  const ownership = group === undefined ? owner : `${owner}:${group}`;
  const check = validate.map((word) => word.replaceAll('%s', () => temporary));
  return shellWords(['_install', path, String(size), rights, ownership, sha256.toLowerCase(), ...check]);
}

function refuseFailure(answer: Answer, file: FileWrite, host: string): void {
  refuseSkipped(answer, `write ${file.path}`);
  refuseCut(answer, { title: `write ${file.path}`, host, timeout: writeTimeout });
  if (answer.exit !== 0) throw writeProblem(answer, file, host);
}

function writeProblem(answer: Answer, { path, validate, sha256 }: FileWrite, host: string): ProvisionError {
  const details = transcript(answer);
  const why = writeFailures[answer.exit as keyof typeof writeFailures] ?? `exit status ${answer.exit}`;
  const said = lastLine(answer.stderr.toString('utf8'));
  if (answer.exit === 86) {
    return problem('PV5024', `\`${validate?.join(' ')}\` refuses the new ${path}${said ? `: ${said}` : ''}`, {
      help: 'the old file is still in place; mend the template or the content',
      ...details,
    });
  }
  if (answer.exit === 85) {
    return problem('PV5025', `what was to become ${path} does not have the checksum ${sha256}`, {
      help: 'the old file is still in place; check the source and the checksum',
    });
  }
  return problem('PV5023', `${path} cannot be written: ${why}${said ? ` (${said})` : ''}`, {
    help: `see on ${host}: ls -ld ${dirname(path)}; df ${dirname(path)}`,
    ...details,
  });
}
