import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ProvisionError } from '../../../src/core/diagnostic.ts';
import { downloadUrl, fetchText } from '../../../src/transport/http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

async function download(url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of downloadUrl(url)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(String, (thrown: unknown) => thrown);
  return error instanceof ProvisionError ? `${error.diagnostics[0].code} ${error.message}` : `no: ${error}`;
};

test('a text is fetched, also behind a redirection', async () => {
  const url = await serve(({ url: path }, response) => {
    if (path === '/file') response.writeHead(302, { location: '/other' }).end();
    else response.end('héllo\n');
  });
  expect(await fetchText(url)).toBe('héllo\n');
});

test('a server that is busy for a moment is asked again', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end('at last');
  });
  expect(await fetchText(url)).toBe('at last');
});

test('a user name and password in the URL are sent, and never told', async () => {
  let sent: string | undefined;
  const url = await serve(({ headers }, response) => {
    sent = headers.authorization;
    response.writeHead(403).end();
  });
  const told = await refusal(fetchText(url.replace('//', '//me:hunter%402@')));
  expect(told).toBe(`PV5026 ${url} cannot be fetched: the server answers 403 Forbidden`);
  expect(Buffer.from(sent?.replace('Basic ', '') ?? '', 'base64').toString()).toBe('me:hunter@2');
});

test('what is not there is asked for once, and told', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(404).end();
  });
  expect(await refusal(fetchText(url))).toBe(`PV5026 ${url} cannot be fetched: the server answers 404 Not Found`);
  expect(asked).toBe(1);
});

test.each([
  ['nobody listens', 'http://127.0.0.1:1/x', /^PV5026 .*(ECONNREFUSED|bad port)/],
  ['the name is unknown', 'http://no.such.host.invalid/x', /^PV5026 .*no\.such\.host\.invalid/],
  ['the way is unknown', 'gopher://127.0.0.1/x', /^PV5026 /],
  ['it is no URL', 'nonsense', /^PV5026 /],
])('a URL is refused where %s', async (_title, url, told) => {
  expect(await refusal(fetchText(url))).toMatch(told);
});

test('a text that never ends is refused', async () => {
  const url = await serve((_request, response) => {
    const piece = Buffer.alloc(1024 * 1024);
    const more = (): void => void response.write(piece, (error) => error ?? more());
    more();
  });
  expect(await refusal(fetchText(url))).toContain('it is longer than 16 MiB');
});

const content = randomBytes(500_000);

/** Breaks off after every 200 kB; continues where it is asked to, if what is there is still the same. */
function breaking(version: () => string): RequestListener {
  return ({ headers }, response) => {
    const current = version();
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const start = headers['if-range'] === current ? from : 0;
    const piece = content.subarray(start, start + 200_000);
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(start > 0 ? 206 : 200, {
      etag: current,
      'content-length': content.length - start,
      ...(start > 0 && { 'content-range': range }),
    });
    response.write(piece, () =>
      start + piece.length < content.length ? setTimeout(() => response.destroy(), 50) : response.end(),
    );
  };
}

test('a transfer that breaks off is continued', async () => {
  const url = await serve(breaking(() => '"one"'));
  expect((await download(url)).equals(content)).toBe(true);
});

test('a transfer is not continued with something else', async () => {
  let asked = 0;
  const url = await serve(breaking(() => `"${asked++}"`));
  expect(await refusal(download(url))).toBe(
    `PV5026 ${url} cannot be fetched: it broke off, and the server does not continue it`,
  );
});
