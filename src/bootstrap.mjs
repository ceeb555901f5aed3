// What a clone can run before anything is installed: `npm test` and `npm run quickstart`. Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends with the command's exit code unless it went well. */
function run(command, ...words) {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (error) say(`${command} cannot be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function readJson(path) {
  return existsSync(`${root}${path}`) ? JSON.parse(readFileSync(`${root}${path}`, 'utf8')) : {};
}

/** npm leaves a list of what it installed; anything of the lock file that is missing there makes it stale. */
function isInstalled() {
  const installed = readJson('node_modules/.package-lock.json').packages ?? {};
  const wanted = Object.entries(readJson('package-lock.json').packages ?? {});
  return wanted.every(([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`provision needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(1);
}

function install() {
  requireNode();
  if (!isInstalled()) run('npm', 'ci', '--include=dev', '--no-audit', '--no-fund');
}

function test() {
  install();
  run('npm', 'run', 'check');
  const canRunLab = process.platform === 'linux' && process.getuid() === 0;
  if (canRunLab) run('npm', 'run', 'test:lab');
  else if (process.env.CI === 'true') {
    say('the lab tests are missing: they need root on Linux, and with CI=true that is a failure');
    process.exit(1);
  } else say('left out: the lab tests, which need root on Linux');
}

function quickstart(words) {
  install();
  run('npm', 'run', '--silent', 'build');
  run(process.execPath, 'dist/cli/main.js', 'lab', 'quickstart', ...words);
}

const [job, ...words] = process.argv.slice(2);
if (job === 'test') test();
else if (job === 'quickstart') quickstart(words);
else {
  say('usage: node src/bootstrap.mjs test | quickstart [--debian]');
  process.exit(1);
}
