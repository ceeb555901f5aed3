import { fileURLToPath } from 'node:url';

/** Root of the package, from src/lab and from dist/cli alike. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Scripts and files that are no TypeScript; they are not compiled, so both src and dist read them from src. */
export function assetPath(name: string): string {
  return `${packageRoot}src/lab/assets/${name}`;
}
