// `npm run build`: few files that hold what a verb needs, since finding and compiling many small ones was most of a start.
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

const requireForBundled = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

await build({
  entryPoints: ['src/cli/main.ts', 'src/index.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  // Each is loaded when it is first used, and one of them has parts that a C compiler made.
  external: ['ssh2', 'undici'],
  banner: { js: requireForBundled },
});
chmodSync('dist/cli/main.js', 0o755);
