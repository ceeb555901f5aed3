// pipe.mjs MODEL: W2 as fast as a shell takes it, all commands written at once.
import { readFileSync } from 'node:fs';
import { connect, onEachHost, openShell } from './connect.mjs';

const model = JSON.parse(readFileSync(process.argv[2], 'utf8'));

await onEachHost(model.hosts, async (host) => {
  const client = await connect(host, model);
  const shell = await openShell(client);
  const answers = await Promise.all(Array.from({ length: model.noOps }, () => shell.run('/bin/true')));
  if (answers.some(({ exit }) => exit !== 0)) throw new Error(`${host.server}: a command failed`);
  await shell.close();
  client.end();
});
// Nobody needs to see the servers hang up.
process.exit();
