// What any program on ssh2 needs to talk to a host. Plain JavaScript, so that nobody pays for a compiler here.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

/** Logs in as root, and accepts the one key of the model. */
export function connect(host, { privateKeyFile, hostKey }) {
  const key = hostKey.split(' ')[1];
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('ready', () => resolve(client)).on('error', reject);
    client.connect({
      host: host.address,
      username: 'root',
      privateKey: readFileSync(privateKeyFile),
      hostVerifier: (shown) => shown.toString('base64') === key,
    });
    // Else each small packet waits for the answer to the one before.
    client.setNoDelay(true);
  });
}

/** One shell on one channel; commands are written without waiting and answered in order. */
export function openShell(client) {
  return new Promise((resolve, reject) => {
    client.exec('exec sh', (error, channel) => {
      if (error) return reject(error);
      const marker = randomBytes(12).toString('hex');
      const waiting = [];
      let text = '';
      channel.stderr.resume();
      channel.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker)) {
          const end = text.indexOf('\n', at);
          if (end < 0) return;
          waiting.shift()({ output: text.slice(0, at), exit: Number(text.slice(at + marker.length + 1, end)) });
          text = text.slice(end + 1);
        }
      });
      resolve({
        run: (command) =>
          new Promise((answer) => {
            waiting.push(answer);
            channel.write(`{ ${command}\n} </dev/null 2>&1; echo "${marker} $?"\n`);
          }),
        close: () => new Promise((closed) => channel.on('close', closed).end('exit\n')),
      });
    });
  });
}

/** Some hosts at once, in order. */
export async function onEachHost(hosts, work) {
  const left = [...hosts];
  const worker = async () => {
    for (let host = left.shift(); host; host = left.shift()) await work(host);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
