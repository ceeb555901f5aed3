import type { Look } from '../../core/plan.ts';
import type { Wanted } from './package-name.ts';

/** What dpkg knows of a package. */
export interface Installed {
  readonly version: string;
  /** Unpacked but not configured: an installation was interrupted. */
  readonly broken: boolean;
  /** A package that provides the name, which is a virtual one. */
  readonly by?: string;
}

const fields = ['Package', 'Architecture', 'db:Status-Status', 'Version', 'Provides'];
const format = `--showformat=${fields.map((field) => `\${${field}}`).join('\\t')}\\n`;

/** Of the packages asked for, those that are there. Virtual names cost a second question, only where something misses. */
export async function readInstalled(
  packages: readonly Wanted[],
  look: Look,
): Promise<Readonly<Record<string, Installed>>> {
  const names = packages.map(({ name }) => name);
  // exit status 1: dpkg has no entry at all for some of them, which is its way to say absent; 2 is a failure
  const listing = await look.query(['dpkg-query', '--show', format, ...names], { exits: [0, 1] });
  const found = byName(listing.stdout);
  const missing = packages.filter(({ name }) => !(name in found));
  if (missing.length === 0) return found;
  const everything = await look.query(['dpkg-query', '--show', format]);
  const providers = providersOf(everything.stdout);
  const virtual = missing.flatMap(({ name }) => {
    const provider = providers.get(name);
    return provider ? [[name, provider] as const] : [];
  });
  return { ...found, ...Object.fromEntries(virtual) };
}

export function stillToInstall(wanted: readonly Wanted[], installed: Readonly<Record<string, Installed>>): Wanted[] {
  return wanted.filter(({ name, version }) => !satisfies(installed[name], version));
}

/** A virtual package has no version of its own. */
export function satisfies(present: Installed | undefined, version: string | undefined): boolean {
  if (!present || present.broken) return false;
  return version === undefined || (present.by === undefined && present.version === version);
}

interface Line {
  readonly name: string;
  readonly architecture: string;
  readonly status: string;
  readonly version: string;
  readonly provides: string;
}

const there = new Set(['installed', 'triggers-pending', 'triggers-awaited']);
const interrupted = new Set(['unpacked', 'half-configured', 'half-installed']);

function presentLines(listing: string): Line[] {
  return listing
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', architecture = '', status = '', version = '', provides = '']) => {
      return { name, architecture, status, version, provides };
    })
    .filter(({ status }) => there.has(status) || interrupted.has(status));
}

function byName(listing: string): Record<string, Installed> {
  const entries = presentLines(listing).flatMap(({ name, architecture, status, version }) => {
    const installed = { version, broken: interrupted.has(status) };
    return [[name, installed] as const, [`${name}:${architecture}`, installed] as const];
  });
  return Object.fromEntries(entries);
}

function providersOf(listing: string): Map<string, Installed> {
  const providers = new Map<string, Installed>();
  for (const { name, version, status, provides } of presentLines(listing)) {
    for (const provided of provides.split(',')) {
      const virtual = provided.trim().split(' ')[0] ?? '';
      if (virtual) providers.set(virtual, { version, broken: interrupted.has(status), by: name });
    }
  }
  return providers;
}
