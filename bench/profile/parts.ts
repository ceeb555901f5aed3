/** What of V8's CPU profile is read: a tree of calls, and which of them ran at each tick. */
export interface CpuProfile {
  readonly nodes: readonly CallNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface CallNode {
  readonly id: number;
  readonly callFrame: CallFrame;
}

/** Where a function begins; lines and columns from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** The file of the sources in which a function stands, such as `src/engine/task.ts`; undefined where that is not known. */
export type SourceOf = (frame: CallFrame) => string | undefined;

/** Milliseconds by part of the program. */
export type Parts = Readonly<Record<string, number>>;

/** Whose functions ran, and for how long; what waits costs nothing and is left out. */
export function partsOf({ nodes, samples, timeDeltas }: CpuProfile, sourceOf: SourceOf): Parts {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame, sourceOf)]));
  const parts: Record<string, number> = {};
  for (const [at, id] of samples.entries()) {
    const name = names.get(id);
    if (name !== undefined) parts[name] = (parts[name] ?? 0) + (timeDeltas[at] ?? 0) / 1000;
  }
  return parts;
}

function partOf(frame: CallFrame, sourceOf: SourceOf): string | undefined {
  const { functionName, url } = frame;
  if (functionName === '(idle)' || functionName === '(root)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'V8 itself';
  if (url === 'node:vm' && functionName === 'Script') return 'reading the kept code of the program';
  if (url === '' || url.startsWith('node:')) return "Node's own modules";
  if (url.startsWith('provision:')) return 'expressions and templates of the playbook';
  const source = sourceOf(frame);
  return source === undefined ? 'the program as a whole' : partOfSource(source);
}

function partOfSource(source: string): string {
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(source) ?? [];
  if (library !== undefined) return `library ${library}`;
  const [, layer] = /(?:^|\/)src\/([^/]+)\//.exec(source) ?? [];
  return layer === undefined ? 'the program as a whole' : `src/${layer}`;
}
