// sketch.mjs MODEL: W1 with one look at everything and then only the changes, pipelined. It has no engine: no playbook,
// no checks, no proof, no events, no diff, no log. What a connection and the work itself cost, measured from Node.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, onEachHost, openShell } from './connect.mjs';

const model = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const templates = Object.fromEntries(Object.entries(model.templates).map(([name, text]) => [name, compile(text)]));

/** A template of the model as a function; as much of EJS as these need. */
function compile(text) {
  const parts = text.split(/<%(=?)(.*?)(?:%>|-%>\n)/s);
  let code = 'let text = "";';
  for (let at = 0; at < parts.length; at += 3) {
    code += `text += ${JSON.stringify(parts[at])};`;
    if (at + 2 < parts.length) code += parts[at + 1] ? `text += ${parts[at + 2]};` : parts[at + 2];
  }
  const names = ['server', 'number', 'address', 'folder', 'base_port', 'tls', 'workers'];
  return new Function(`{ ${names.join(', ')} }`, `${code} return text;`);
}

const ofKind = (kind) => model.tasks.filter((task) => task.kind === kind);
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Everything that the tasks need to know, in few processes. */
function look(folder) {
  const paths = (tasks) => tasks.map((task) => `${folder}/${task.path}`).join(' ');
  const created = ofKind('command').map(({ creates }) => `${folder}/${creates}`);
  return [
    `stat -c '%n %a %U %G' ${paths(ofKind('directory'))} 2>/dev/null`,
    `stat -c '%n %a' ${paths(ofKind('template'))} 2>/dev/null`,
    `sha256sum ${paths(ofKind('template'))} 2>/dev/null`,
    `cat ${[...new Set(ofKind('line').map(({ path }) => `${folder}/${path}`))].join(' ')}`,
    `for path in ${created.join(' ')}; do [ -e $path ] && echo "$path exists"; done`,
    'iptables -S INPUT',
  ].join('\n');
}

/** The command that is missing for a task; undefined where all is well. */
function change(task, found, host) {
  const path = `${host.folder}/${task.path}`;
  switch (task.kind) {
    case 'directory': {
      const { mode, owner } = task;
      if (found.has(`${path} ${Number(mode)} ${owner} ${owner}`)) return undefined;
      return `mkdir -p ${path} && chmod ${mode} ${path} && chown ${owner}:${owner} ${path}`;
    }
    case 'template': {
      const content = templates[task.template]({ ...model.variables, ...host });
      const digest = createHash('sha256').update(content).digest('hex');
      if (found.has(`${digest}  ${path}`) && found.has(`${path} ${Number(task.mode)}`)) return undefined;
      return `printf %s ${quote(content)} >${path}.new && chmod ${task.mode} ${path}.new && mv ${path}.new ${path}`;
    }
    case 'line':
      return found.has(task.line) ? undefined : `sed -i ${quote(`s|${task.match}.*|${task.line}|`)} ${path}`;
    case 'command': {
      const created = `${host.folder}/${task.creates}`;
      return found.has(`${created} exists`) ? undefined : `touch ${created}`;
    }
    case 'rule': {
      const rule = `-A INPUT -p tcp -m tcp --dport ${task.port} -j ACCEPT`;
      return found.has(rule) ? undefined : `iptables ${rule}`;
    }
  }
}

await onEachHost(model.hosts, async (host) => {
  const client = await connect(host, model);
  const shell = await openShell(client);
  const found = new Set((await shell.run(look(host.folder))).output.split('\n'));
  const commands = model.tasks.map((task) => change(task, found, host)).filter(Boolean);
  const failed = (await Promise.all(commands.map(shell.run))).filter(({ exit }) => exit !== 0);
  if (failed.length > 0) throw new Error(`${host.server}: ${failed[0].output}`);
  await shell.close();
  client.end();
});
// Nobody needs to see the servers hang up.
process.exit();
