import { problem } from '../../core/diagnostic.ts';
import type { Effect, Look, Stat, Step } from '../../core/plan.ts';
import { args, hostPath, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { type Ownership, ownershipArgs, ownershipFor, ownershipSteps } from '../ownership.ts';
import { pathThing } from '../path-thing.ts';
import { statAndDigest } from '../regular-file.ts';
import { fetchByHost } from './fetch-by-host.ts';
import { readChecksum } from './read-checksum.ts';
import type { Tool } from './transfer.ts';
import { hasCredentials, withoutCredentials } from './url.ts';

interface Downloaded {
  readonly stat?: Stat;
  readonly digest?: string;
  /** The SHA-256 that the file must have. */
  readonly wanted?: string;
  /** What the host can fetch with; asked only where something is to be fetched. */
  readonly tool?: Tool | 'none';
}

export const httpDownload = defineModule({
  name: 'http.download',
  description: 'A file fetched from the web, by the host itself where it can, and checked before it counts.',
  args: args({
    url: Type.String({ pattern: '^https?://[^/\\s]+/\\S*$', description: 'where the file comes from' }),
    path: hostPath('where the file goes; while it arrives it is PATH.part'),
    checksum: Type.Optional(
      Type.String({
        pattern: '^(sha256:[0-9A-Fa-f]{64}|https?://\\S+)$',
        description: 'sha256:SUM, or the URL of a SHA256SUMS file that names the file',
      }),
    ),
    refresh: oneOf(['when_changed', 'always'], {
      default: 'when_changed',
      description: 'fetch when the file is missing or differs from its checksum, or on every run',
    }),
    proxy: Type.String({ pattern: '^(https?://\\S+)?$', default: '', description: 'proxy for the host' }),
    ...ownershipArgs,
  }),
  examples: [
    'url: http://mirror.example.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux\n' +
      'path: /data/iso/linux\n' +
      'checksum: http://mirror.example.org/debian/dists/trixie/main/installer-amd64/current/images/SHA256SUMS',
    'url: https://example.org/tool\npath: /usr/local/bin/tool\nmode: "0755"\n' +
      'checksum: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],

  async read(source, look): Promise<Downloaded> {
    const { path, checksum, refresh } = source;
    const [found, wanted] = await Promise.all([
      checksum === undefined ? statAlone(path, look) : statAndDigest(path, look),
      readChecksum(source, look),
    ]);
    const state = { ...found, ...(wanted !== undefined && { wanted }) };
    return isRight(state) && refresh !== 'always' ? state : { ...state, tool: await readTool(look) };
  },

  things: ({ path }, current) => [pathThing(path, current)],

  plan(download, current): readonly Step[] {
    const { url, path, refresh } = download;
    const { stat, wanted, tool = 'none' } = current ?? {};
    if (stat && stat.kind !== 'file') throw inTheWay(path, stat);
    if (stat && current && isRight(current) && refresh !== 'always') return ownershipSteps(path, download, stat);
    const file = { url, path, ...(wanted !== undefined && { sha256: wanted }), ...ownershipFor(download, stat) };
    return [
      {
        title: `fetch ${path} from ${withoutCredentials(url)}${stat && refresh !== 'always' ? ' (its checksum differs)' : ''}`,
        ...(stat && current?.digest !== undefined && { before: `sha256 ${current.digest}\n` }),
        ...(wanted !== undefined && { after: `sha256 ${wanted}\n` }),
        effect: effectOf(file, { tool, proxy: download.proxy }),
        touches: [`path:${path}`, `path:${path}.part`],
        ...(refresh === 'always' && { everyRun: 'the task asks for a fresh copy on every run' }),
      },
    ];
  },
});

async function statAlone(path: string, look: Look): Promise<{ stat?: Stat }> {
  const stat = await look.stat(path);
  return stat ? { stat } : {};
}

function isRight({ stat, digest, wanted }: Downloaded): boolean {
  return stat !== undefined && (wanted === undefined || stat.kind !== 'file' || digest === wanted);
}

const toolScript = `if command -v curl >/dev/null; then echo curl
elif ! command -v wget >/dev/null; then echo none
elif wget --version >/dev/null 2>&1; then echo wget
else echo busybox
fi`;

async function readTool(look: Look): Promise<Tool | 'none'> {
  const tool = (await look.query(['sh', '-c', toolScript])).stdout.trim();
  return tool === 'curl' || tool === 'wget' || tool === 'busybox' ? tool : 'none';
}

interface Wanted extends Ownership {
  readonly url: string;
  readonly path: string;
  readonly sha256?: string;
}

function effectOf(file: Wanted, { tool, proxy }: { tool: Tool | 'none'; proxy: string }): Effect {
  if (tool !== 'none' && !hasCredentials(file.url)) return fetchByHost({ ...file, tool, proxy });
  const { url, ...write } = file;
  return { kind: 'write', content: { url }, ...write };
}

function inTheWay(path: string, { kind }: Stat): Error {
  return problem('PV5102', `${path} is ${kind === 'link' ? 'a symbolic link' : `a ${kind}`}, but a file is asked for`, {
    argument: ['path'],
    help: 'name the file itself, or remove what is there with file.absent',
  });
}
