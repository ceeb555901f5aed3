import { describe, expect, it } from 'vitest';
import type { Output, Remote } from '../../../../src/core/plan.ts';
import { addHosts, hostsToldOf, onlyHostsAdded, removeHosts } from '../../../../src/modules/dhcpd/omapi.ts';

const head = 'omapi-port 7911; omapi-key k; key k { algorithm hmac-sha256; secret "c2VjcmV0"; }\n';
const everest = 'host everest { hardware ethernet 02:33:33:33:33:33; fixed-address 10.0.0.50; }\n';
const lhotse =
  'host lhotse { hardware ethernet 02:33:33:33:33:34; fixed-address 10.0.0.51; option host-name "l;\\"x"; }\n';

/** omshell, as far as it is fed and answers. */
function omshell(stdout: string): { readonly remote: Remote; readonly fed: () => string } {
  let fed = '';
  const run = async (argv: readonly string[], options?: { readonly stdin?: unknown }): Promise<Output> => {
    expect(argv).toEqual(['omshell']);
    fed = String(options?.stdin);
    return { exit: 0, stdout, stderr: '' };
  };
  return { remote: { run } as unknown as Remote, fed: () => fed };
}

describe('only hosts added', () => {
  it('are told with all their statements, the key on standard input', async () => {
    const addition = onlyHostsAdded(head + everest, `# a comment\n${head}${lhotse}${everest}`);
    if (!addition) throw new Error('nothing to add');
    const { remote, fed } = omshell('> > > obj: <null>\n> obj: host\n> obj: <null>\n> ');
    expect(await addHosts(remote, addition)).toBe(true);
    expect(fed().split('\n')).toEqual([
      'server 127.0.0.1',
      'port 7911',
      'key-algorithm hmac-sha256',
      'key k c2VjcmV0',
      'connect',
      'new host',
      'set name = "lhotse"',
      'set hardware-address = 02:33:33:33:33:34',
      'set hardware-type = 1',
      'set ip-address = 10.0.0.51',
      'set statements = "option host-name \\"l;\\\\\\"x\\" ;"',
      'create',
      'close',
      '',
    ]);
  });

  it.each([
    [
      'is there already',
      "> > obj: <null>\n> obj: host\n> can't open object: already exists\nobj: host\n> obj: <null>\n> ",
    ],
    ['cannot be reached', '> > dhcpctl_connect: no more\n> not connected.\n> no open object.\n> '],
    ['goes away meanwhile', '> > obj: <null>\n> obj: host\n'],
  ])('is not done where one %s', async (_what, said) => {
    const addition = onlyHostsAdded(head, head + everest);
    if (!addition) throw new Error('nothing to add');
    expect(await addHosts(omshell(said).remote, addition)).toBe(false);
  });
});

it.each([
  ['OMAPI is not offered', everest, everest + lhotse],
  ['a host changed', head + everest, head + everest.replace('.50', '.52') + lhotse],
  ['a host went', head + everest, head + lhotse],
  ['an option changed', `${head}${everest}`, `${head}authoritative;\n${everest}${lhotse}`],
  ['it is part of a group', head + everest, `${head}${everest}group { ${lhotse} }`],
  ['its address is a name', head + everest, head + everest + lhotse.replace('10.0.0.51', 'lhotse.example.org')],
  [
    'its key is not there',
    `omapi-port 7911; omapi-key k;\n${everest}`,
    `omapi-port 7911; omapi-key k;\n${everest}${lhotse}`,
  ],
])('nothing is added where %s', (_why, before, after) => {
  expect(onlyHostsAdded(before, after)).toBeUndefined();
});

it('forgets hosts by their name', async () => {
  const { remote, fed } = omshell('> > obj: <null>\n> obj: host\n> obj: host\n> obj: <null>\n> ');
  expect(await removeHosts(remote, { port: '7911' }, ['a'])).toBe(true);
  expect(fed()).toBe('server 127.0.0.1\nport 7911\nconnect\nnew host\nset name = "a"\nopen\nremove\n');
});

it('knows from the leases whom the server was told of', () => {
  const entry = (name: string, word: string) =>
    `host ${name} {\n  ${word};\n  hardware ethernet 02:33:33:33:33:33;\n}\n`;
  const text = `${entry('a', 'dynamic')}${entry('b', 'dynamic')}host a {\n  dynamic;\n  deleted;\n}\n`;
  expect(hostsToldOf(text)).toEqual(['b']);
});
