// `npm run build`: one file that holds what all verbs need, since finding and compiling many small ones was most of a
// start; before it a small one that answers at once where it can; and the library.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'node:path';
import { build } from 'esbuild';

const common = {
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
};

/** What is loaded when it is first wanted is still part of the file. */
const bundleLazyParts = {
  name: 'bundle-lazy-parts',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/(render|schema)\/[\w-]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('const require = createRequire(import.meta.url);', ''),
      loader: 'ts',
    }));
  },
};

/** Of ssh2 the client alone, with the part of it that a C compiler made, where there is one. */
const slimSsh2 = {
  name: 'slim-ssh2',
  setup({ onResolve, onLoad }) {
    const path = 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node';
    onResolve({ filter: /\/sshcrypto\.node$/ }, () => ({ path, external: true }));
    const unused = { path: 'unused', namespace: 'unused' };
    onResolve({ filter: /^(\.\/(http-agents|server)\.js|cpu-features)$/ }, ({ importer }) =>
      importer.includes('/node_modules/ssh2/') ? unused : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: '' }));
  },
};

const node = (name) => `process.getBuiltinModule('${name}')`;
const whenCalled = (module, names) =>
  names.map((name) => `exports.${name} = (...given) => ${node(module)}.${name}(...given);`).join('\n');

/** Parts of Node that few runs need, or only where something is wrong: loading all of them was a twentieth of a run. */
const seldomUsed = {
  assert: `module.exports = (value, message) => value || ${node('assert')}.ok(value, message);
    module.exports.ok = module.exports;
    module.exports.equal = (value, other) => value == other || ${node('assert')}.equal(value, other);`,
  child_process: whenCalled('child_process', ['execFile', 'spawn', 'spawnSync']),
  dns: whenCalled('dns', ['lookup']),
  readline: whenCalled('readline', ['createInterface']),
};

const lateParts = {
  name: 'late-parts',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:)?(${Object.keys(seldomUsed).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: path.replace('node:', ''), namespace: 'late' }));
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ contents: seldomUsed[path] }));
  },
};

mkdirSync('dist/cli', { recursive: true });
const former = readdirSync('dist/cli').filter((name) => name.startsWith('program-'));
// Node makes less ado about CommonJS, and V8 keeps compiled code of scripts alone.
writeFileSync('dist/cli/package.json', '{ "type": "commonjs" }\n');
const { metafile } = await build({
  ...common,
  entryPoints: ['src/cli/program.ts'],
  entryNames: '[dir]/[name]-[hash]',
  format: 'cjs',
  minifyWhitespace: true,
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: '(function (module, require, moduleUrl, __dirname) {' },
  footer: { js: '})' },
  external: ['undici'],
  plugins: [bundleLazyParts, slimSsh2, lateParts],
  metafile: true,
});
const programName = Object.keys(metafile.outputs)
  .map((file) => parse(file))
  .find(({ ext }) => ext === '.js').name;
await build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  format: 'cjs',
  define: { 'import.meta.url': 'moduleUrl', programFile: JSON.stringify(`${programName}.js`) },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
});
chmodSync('dist/cli/main.js', 0o755);
for (const name of former) if (!name.startsWith(programName)) rmSync(`dist/cli/${name}`);

await build({
  ...common,
  entryPoints: ['src/index.ts'],
  chunkNames: 'parts/[name]-[hash]',
  splitting: true,
  format: 'esm',
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
  // Each is loaded when it is first used, and one of them has parts that a C compiler made.
  external: ['ssh2', 'undici'],
});
