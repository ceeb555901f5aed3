import type { Look, Step } from '../../core/plan.ts';
import type { Thing, ThingState } from '../../core/thing.ts';
import { ownershipSteps } from '../ownership.ts';
import { pathKind, pathThing } from '../path-thing.ts';
import { statAndDigest } from '../regular-file.ts';
import type { Restorer, SeenThing } from '../restorer.ts';
import { shownBytes } from './text-difference.ts';

/** Files with their content, directories, symbolic links: mode and owner, and that there was nothing. */
export const fileRestore: Restorer = {
  kind: pathKind,
  called: (path) => path,

  async read(path, look): Promise<SeenThing> {
    const found = await statAndDigest(path, look);
    const { stat } = found;
    if (stat?.kind === 'directory') return { thing: pathThing(path, found), holds: await entriesOf(path, look) };
    if (stat?.kind !== 'file' || stat.size > shownBytes) return { thing: pathThing(path, found) };
    const text = await look.readText(path);
    return { thing: pathThing(path, { ...found, ...(text !== undefined && { text }) }) };
  },

  takesContent(was, now) {
    const { kind, digest } = was.state ?? {};
    if (kind === 'file') return now.state?.kind !== 'file' || now.state.digest !== digest;
    // A directory that went with all that was in it has nothing to be filled with.
    return was.lost !== undefined && kind !== undefined && now.state?.kind !== kind;
  },

  plan(was, now) {
    if (now.state === null) return make(was, now);
    if (was.state?.kind === now.state.kind) return adjust(was, now);
    return [removal(now), ...(was.state === null ? [] : make(was, { ...now, state: null }))];
  },
};

async function entriesOf(path: string, look: Look): Promise<readonly string[]> {
  const { stdout } = await look.query(['ls', '-A', path]);
  const names = stdout.split('\n').filter((name) => name !== '');
  return names.map((name) => `${path === '/' ? '' : path}/${name}`);
}

function removal({ name, state, content }: Thing): Step {
  const isDirectory = state?.kind === 'directory';
  return {
    title: `remove ${isDirectory ? 'directory ' : ''}${name}`,
    ...(content !== undefined && { before: content, after: '' }),
    effect: { kind: 'run', argv: isDirectory ? ['rmdir', '--', name] : ['rm', '-f', '--', name] },
    touches: [`path:${name}`, `link:${name}`],
  };
}

function make(was: Thing, now: Thing): readonly Step[] {
  switch (was.state?.kind) {
    case 'file':
      return [write(was, now)];
    case 'directory':
      return [makeDirectory(was.name, was.state)];
    case 'link':
      return [lead(was.name, textOf(was.state, 'target'))];
    default:
      return [];
  }
}

function adjust(was: Thing, now: Thing): readonly Step[] {
  const { state } = was;
  if (state === null || now.state === null) return [];
  if (state.kind === 'link') return [lead(was.name, textOf(state, 'target'))];
  if (state.digest !== now.state.digest) return [write(was, now)];
  return ownershipSteps(was.name, ownershipIn(state), {
    ...ownershipIn(now.state),
    kind: state.kind === 'directory' ? 'directory' : 'file',
    size: 0,
  });
}

function write({ name, state, content = '' }: Thing, now: Thing): Step {
  const sha256 = textOf(state, 'digest');
  return {
    title: `${now.state === null ? 'put back' : 'put back the former content of'} ${name}`,
    ...(now.lost === undefined && { before: now.content ?? '', after: content }),
    effect: { kind: 'write', path: name, content, ...ownershipIn(state), ...(sha256 !== '' && { sha256 }) },
    touches: [`path:${name}`],
  };
}

function makeDirectory(path: string, state: ThingState): Step {
  const { mode, owner, group } = ownershipIn(state);
  return {
    title: `put back directory ${path}`,
    effect: { kind: 'run', argv: ['install', '-d', '-m', mode, '-o', owner, '-g', group, '--', path] },
    touches: [`path:${path}`],
  };
}

function lead(path: string, target: string): Step {
  return {
    title: `lead ${path} to ${target} again`,
    effect: { kind: 'run', argv: ['ln', '-sfn', '--', target, path] },
    touches: [`path:${path}`, `link:${path}`],
  };
}

function ownershipIn(state: ThingState | null) {
  return { mode: textOf(state, 'mode'), owner: textOf(state, 'owner'), group: textOf(state, 'group') };
}

function textOf(state: ThingState | null, key: string): string {
  return String(state?.[key] ?? '');
}
