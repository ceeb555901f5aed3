import type { FileWrite, Look, Step } from '../../core/plan.ts';
import type { Thing } from '../../core/thing.ts';
import { hostPath, Type } from '../../schema/schema.ts';
import { type Ownership, ownershipArgs, ownershipFor, ownershipSteps } from '../ownership.ts';
import { pathThing } from '../path-thing.ts';
import { type Entry, followArgument, inTheWay, readEntry } from './entry.ts';
import { sha256, shownBytes, textDifference } from './text-difference.ts';
import { validateArgument, validationWords } from './validate-command.ts';

/** The arguments of modules that decide about the whole content of a file. */
export const wholeFileArgs = {
  path: hostPath('the file on the host'),
  ...ownershipArgs,
  validate: validateArgument,
  backup: Type.Boolean({
    default: false,
    description: 'keep what is replaced beside the file, as NAME.before-DIGEST',
  }),
  follow: followArgument,
  sensitive: Type.Boolean({
    default: false,
    description: 'the content is not for everyone: never show it, not even in a diff',
  }),
};

export interface WholeFile extends Ownership {
  readonly path: string;
  readonly content: string;
  readonly validate?: string;
  readonly backup: boolean;
  readonly follow: boolean;
  readonly sensitive: boolean;
}

/** The text is read only where a difference must be shown. */
export async function readWholeFile(file: WholeFile, look: Look): Promise<Entry | undefined> {
  const entry = await readEntry(file.path, file.follow, look);
  const { stat } = entry ?? {};
  if (!entry || stat?.kind !== 'file' || file.sensitive) return entry;
  if (entry.digest === sha256(file.content) || stat.size > shownBytes) return entry;
  const text = await look.readText(entry.path);
  return text === undefined ? entry : { ...entry, text };
}

export function planWholeFile(file: WholeFile, entry: Entry | undefined): readonly Step[] {
  const path = entry?.path ?? file.path;
  const stat = entry?.stat;
  if (stat && stat.kind !== 'file') throw inTheWay(path, stat, 'file');
  if (stat && entry.digest === sha256(file.content)) return ownershipSteps(path, file, stat);
  return [...(file.backup && entry && stat ? [keepOld(entry)] : []), writeStep(file, path, entry)];
}

/** The file alone: what `backup` keeps beside it stays. */
export function wholeFileThings(
  { path, sensitive }: Pick<WholeFile, 'path' | 'sensitive'>,
  entry: Entry | undefined,
): readonly Thing[] {
  const { content, ...thing } = pathThing(entry?.path ?? path, entry);
  if (sensitive) return [{ ...thing, lost: 'the task calls it sensitive' }];
  return [content === undefined ? thing : { ...thing, content }];
}

function writeStep(file: WholeFile, path: string, entry: Entry | undefined): Step {
  const write: FileWrite = {
    path,
    content: file.content,
    ...ownershipFor(file, entry?.stat),
    ...(file.validate !== undefined && { validate: validationWords(file.validate) }),
  };
  return {
    title: `${entry?.stat ? 'change' : 'create'} ${path}${file.sensitive ? ' (content not shown)' : ''}`,
    ...(!file.sensitive && textDifference(entry, file.content)),
    effect: { kind: 'write', ...write },
    touches: [`path:${path}`],
  };
}

function keepOld({ path, digest = '' }: Entry): Step {
  const copy = `${path}.before-${digest.slice(0, 8)}`;
  return {
    title: `keep the old ${path} as ${copy}`,
    effect: { kind: 'run', argv: ['cp', '-p', path, copy] },
    touches: [`path:${copy}`],
  };
}
