/**
 * Preloaded by a process that runs a playbook: kills it, from within and at once. `DIE_AT` says when: `sent 3`, at the third
 * step that is written to the journal; `owed 3`, at the third change of what is owed. `before` or `after` that is written,
 * or `later`: what was sent is carried out, and not heard of. When nothing has killed it, it prints how often each happened.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [kind, number, when] = (process.env.DIE_AT ?? '').split(' ');
const count = { sent: 0, owed: 0 };

const die = () => process.kill(process.pid, 'SIGKILL');
const dieLater = () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  die();
};

const counted =
  (write, kindOf) =>
  (...given) => {
    const found = kindOf(given);
    if (!found) return write(...given);
    const before = count[found];
    // Steps that leave together are written together.
    count[found] += found === 'sent' ? given[1].split('"step.sent"').length - 1 : 1;
    const now = found === kind && before < Number(number) && count[found] >= Number(number);
    if (now && when === 'before') die();
    const result = write(...given);
    if (now && when === 'after') die();
    if (now && when === 'later') setImmediate(() => setImmediate(dieLater));
    return result;
  };

const owed = ([path]) => String(path).includes('/owed/') && 'owed';
fs.appendFileSync = counted(fs.appendFileSync, ([, text]) => text.includes('"step.sent"') && 'sent');
fs.renameSync = counted(fs.renameSync, owed);
fs.rmSync = counted(fs.rmSync, owed);
syncBuiltinESMExports();
process.on('exit', () => process.stdout.write(JSON.stringify(count)));
