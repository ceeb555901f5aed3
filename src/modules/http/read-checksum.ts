import { ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';
import { checksumOf } from './checksum-entry.ts';
import { hasCredentials } from './url.ts';

export interface Source {
  readonly url: string;
  readonly checksum?: string;
  readonly proxy: string;
}

const script = `[ -z "$2" ] || export http_proxy="$2" https_proxy="$2"
if command -v curl >/dev/null; then exec curl -fsSL --max-time 60 "$1"
elif command -v wget >/dev/null; then exec wget -q -T 60 -O - "$1"
else exit 127
fi`;

const anyExit = Array.from({ length: 256 }, (_, exit) => exit);

/** The SHA-256 that the file must have; a checksum file is fetched by the host, where it cannot, by the controller. */
export async function readChecksum({ url, checksum, proxy }: Source, look: Look): Promise<string | undefined> {
  if (checksum === undefined) return undefined;
  if (checksum.startsWith('sha256:')) return checksum.slice('sha256:'.length).toLowerCase();
  return checksumOf(url, checksum, await readSums(checksum, proxy, look));
}

async function readSums(sumsUrl: string, proxy: string, look: Look): Promise<string> {
  if (hasCredentials(sumsUrl)) return look.fetchText(sumsUrl);
  const answer = await look.query(['sh', '-c', script, 'sh', sumsUrl, proxy], { exits: anyExit, timeout: 90 });
  if (answer.exit === 0) return answer.stdout;
  try {
    return await look.fetchText(sumsUrl);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const byHost = answer.exit === 127 ? 'the host has neither curl nor wget' : `the host: ${answer.stderr.trim()}`;
    throw problem('PV5109', `the checksum file ${sumsUrl} cannot be fetched`, {
      argument: ['checksum'],
      transcript: `${byHost}\nthis machine: ${error.message}`,
    });
  }
}
