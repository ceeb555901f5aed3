// What a lab offers its hosts and guests on the bridge: the installers' files, and the way to the caching proxy.
// Plain JavaScript, because it runs as a process of its own, from sources and from a build alike.
//   node lab-server.mjs LAB ADDRESS FOLDER FILES_PORT RELAY_PORT PROXY_PORT
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createConnection, createServer as createRelay } from 'node:net';
import { join, sep } from 'node:path';

const [, address, folder, filesPort, relayPort, proxyPort] = process.argv.slice(2);

async function find(url) {
  const path = decodeURIComponent(new URL(url, 'http://lab').pathname);
  const file = await realpath(join(folder, path));
  const served = await realpath(join(folder, path.split('/')[1] ?? ''));
  if (file !== served && !file.startsWith(served + sep)) throw new Error('outside of what is served');
  const { size, mtime } = await stat(file);
  return { file, size, mtime };
}

function range(header, size) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return undefined;
  return { start: Number(first), end: last ? Math.min(Number(last), size - 1) : size - 1 };
}

createServer(async (request, response) => {
  try {
    const { file, size, mtime } = await find(request.url);
    const part = range(request.headers.range, size);
    const headers = { 'accept-ranges': 'bytes', 'last-modified': mtime.toUTCString() };
    if (part && part.start >= size) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end();
      return;
    }
    const { start, end } = part ?? { start: 0, end: size - 1 };
    const span = part ? { 'content-range': `bytes ${start}-${end}/${size}` } : {};
    response.writeHead(part ? 206 : 200, { ...headers, ...span, 'content-length': end - start + 1 });
    if (request.method === 'HEAD' || size === 0) response.end();
    else
      createReadStream(file, { start, end })
        .on('error', () => response.destroy())
        .pipe(response);
  } catch {
    response.writeHead(404).end('no such file\n');
  }
}).listen(Number(filesPort), address);

createRelay({ allowHalfOpen: true }, (client) => {
  const proxy = createConnection({ host: '127.0.0.1', port: Number(proxyPort), allowHalfOpen: true });
  // `pipe` passes an end on; only a break has to be passed on by hand.
  client.on('error', () => proxy.destroy()).pipe(proxy);
  proxy.on('error', () => client.destroy()).pipe(client);
}).listen(Number(relayPort), address);
