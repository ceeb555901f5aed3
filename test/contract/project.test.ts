import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly integrity?: string;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;

describe('the lock file', () => {
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

  it('names no registry, so that everybody can use their own', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('pins the content of every package but those for other machines, of which it pins the version', () => {
    expect(locked.filter(([, { integrity, optional }]) => integrity === undefined && !optional)).toEqual([]);
    expect(locked.filter(([, { version }]) => version === undefined)).toEqual([]);
  });

  it('holds what other machines need, so that `npm ci` works on them', () => {
    const wanted = locked.flatMap(([, { optionalDependencies }]) => Object.keys(optionalDependencies ?? {}));
    const there = new Set(locked.map(([path]) => path.replace(/^.*node_modules\//, '')));
    expect(wanted.filter((name) => !there.has(name))).toEqual([]);
  });
});

it('every dependency is pinned to one version', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
