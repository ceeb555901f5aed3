import { describe, expect, test } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { Secrets } from '../../../src/core/secret.ts';
import type { Located } from '../../../src/core/source.ts';
import { createScope, type ScopeSource } from '../../../src/engine/scope.ts';
import type { Group, Host, Inventory } from '../../../src/load/inventory.ts';
import type { VariableLayer } from '../../../src/load/variables.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { evaluate } from '../../../src/render/expression.ts';
import { alsoToldAt, toldAt } from '../../support/told-at.ts';

function document(name: string, text: string): Located<Readonly<Record<string, unknown>>> {
  const problems = new Problems();
  const located = parseYaml({ name, text }, problems);
  problems.throwIfAny();
  return located as Located<Readonly<Record<string, unknown>>>;
}

function layer(origin: string, text: string): VariableLayer {
  const located = document(`${origin}.yml`, text);
  return { origin, values: located.value, document: located, path: [] };
}

const all = layer('all', 'colour: red\nsuite: trixie\n');
const hosts: Record<string, string> = {
  alfa: 'address: 192.168.101.1\nssh: { host: alfa.example.org, port: 2222 }\nbanner: "I am <%= host %>"\n',
  bravo: 'address: 192.168.102.1\n',
  everest: 'hypervisor: alfa\nmemory: 4096\nseed: "<%= hostvars[hypervisor].address %>:2015"\nowner: "<%= host %>"\n',
  lhotse: 'hypervisor: "<%= hostvars.everest.hypervisor %>"\nmemory: "<%= hostvars.everest.memory / 2 %>"\n',
  nuptse: 'hypervisor: bravo\nbroken: "<%= missing %>"\n',
};

const inventory: Inventory = {
  folder: 'inventory',
  hosts: new Map(
    Object.entries(hosts).map(([name, text]): [string, Host] => {
      const own = layer(name, text);
      const at = own.document?.locate([]) ?? { source: { name, text }, start: 0, end: 0 };
      const ssh = (own.values.ssh ?? {}) as Readonly<Record<string, unknown>>;
      return [name, { name, groups: ['all'], layers: [all, own], ssh, at }];
    }),
  ),
  groups: new Map([
    ['all', { name: 'all', hosts: Object.keys(hosts), children: ['guests'] } satisfies Group],
    ['guests', { name: 'guests', hosts: ['everest', 'lhotse'], children: [] } satisfies Group],
  ]),
};

function scopeOn(host: string, more: Partial<ScopeSource> & { readonly play?: string } = {}) {
  const layers = [...(inventory.hosts.get(host)?.layers ?? []), layer('play', more.play ?? 'a: 1\n')];
  return createScope({ inventory, host, layers, data: {}, extra: [], secrets: new Secrets(), ...more });
}

const give = (text: string, scope = scopeOn('alfa')) => evaluate(text, scope, () => undefined);

describe('an expression of a task sees', () => {
  const cases: [string, string, unknown][] = [
    ['alfa', '<%= host %>', 'alfa'],
    ['alfa', '<%= address %>', '192.168.101.1'],
    ['alfa', '<%= banner %>', 'I am alfa'],
    ['alfa', '<%= groups.guests %>', ['everest', 'lhotse']],
    ['alfa', '<%= groups.all.length %>', 5],
    ['alfa', '<%= guests.map(g => g.name) %>', ['everest', 'lhotse']],
    ['alfa', '<%= guests.map(g => g.memory) %>', [4096, 2048]],
    ['alfa', '<%= guests[0].seed %>', '192.168.101.1:2015'],
    ['alfa', '<%= guests[0].owner %>', 'everest'],
    ['alfa', '<%= guests[0].suite %>', 'trixie'],
    ['alfa', '<%= guests[0].ssh %>', {}],
    ['bravo', '<%= guests.map(({ name }) => name) %>', ['nuptse']],
    ['everest', '<%= guests %>', []],
    ['everest', '<%= hypervisor %>', 'alfa'],
    ['everest', '<%= seed %>', '192.168.101.1:2015'],
    ['everest', '<%= hostvars[hypervisor].ssh.host %>', 'alfa.example.org'],
    ['everest', '<%= Object.keys(hostvars) %>', ['alfa', 'bravo', 'everest', 'lhotse', 'nuptse']],
    ['everest', "<%= 'broken' in hostvars.nuptse %>", true],
    ['everest', '<%= Object.keys(hostvars.nuptse).includes("broken") %>', true],
    ['everest', "<%= has('hostvars.alfa.ssh.port') %>", true],
    ['everest', "<%= get('hostvars.alfa.ssh.user', 'root') %>", 'root'],
    ['alfa', '<%= ssh.port %>', 2222],
    ['alfa', '<%= guests.map(g => `${g.name} ${g.memory}`).join() %>', 'everest 4096,lhotse 2048'],
  ];
  test.each(cases)('on %s: %s', (host, text, value) => {
    expect(give(text, scopeOn(host))).toEqual(value);
  });
});

describe('whose guest a host is', () => {
  const guests = (more: Partial<ScopeSource>) =>
    give('<%= guests.map((guest) => guest.name) %>', scopeOn('alfa', more));

  test('says what a task found out before what the files say', () => {
    const moved = (host: string) => (host === 'everest' ? { hypervisor: 'bravo' } : {});
    expect(guests({ dataOf: moved })).toEqual([]);
    const came = (host: string) => (host === 'nuptse' ? { hypervisor: 'alfa' } : {});
    expect(guests({ dataOf: came })).toEqual(['everest', 'lhotse', 'nuptse']);
  });

  test('says --extra-vars before all', () => {
    expect(guests({ extra: [layer('--extra-vars', 'hypervisor: alfa\n')] })).toEqual([
      'bravo',
      'everest',
      'lhotse',
      'nuptse',
    ]);
  });
});

describe('the stronger definition wins', () => {
  const play = 'colour: green\nfrom: "<%= colour %>"\n';
  const extra = [layer('--extra-vars', 'colour: white\n')];
  const cases: [string, Partial<ScopeSource> & { play?: string }, string][] = [
    ['a group', {}, 'red'],
    ['the play over a group', { play }, 'green'],
    ['data over the play', { play, data: { colour: 'blue' } }, 'blue'],
    ['--extra-vars over data', { play, data: { colour: 'blue' }, extra }, 'white'],
  ];
  test.each(cases)('%s', (_title, more, value) => {
    const scope = scopeOn('alfa', more);
    expect(scope.resolve('colour')).toBe(value);
    if (more.play !== undefined) expect(scope.resolve('from')).toBe(value);
  });

  test('data that is undefined hides nothing', () => {
    expect(scopeOn('alfa', { data: { colour: undefined } }).resolve('colour')).toBe('red');
  });

  test('a variable may have the name of a function', () => {
    expect(give('<%= netmask %>', scopeOn('alfa', { play: 'netmask: 255.255.255.0\n' }))).toBe('255.255.255.0');
  });
});

describe('evaluation', () => {
  test('data is never evaluated again, whatever it looks like', () => {
    const data = { output: { stdout: '<%= host %>' }, item: '<%= host %>' };
    expect(give('<%= output.stdout %> <%= item %>', scopeOn('alfa', { data }))).toBe('<%= host %> <%= host %>');
  });

  test('nor is what an expression makes of it', () => {
    const scope = scopeOn('alfa', { play: 'copy: "<%= output %>"\n', data: { output: '<%= host %>' } });
    expect(give('<%= copy %>', scope)).toBe('<%= host %>');
  });

  test('a variable that fails is no matter as long as nobody uses it', () => {
    expect(give('<%= a %>', scopeOn('alfa', { play: 'a: 1\nb: "<%= missing %>"\n' }))).toBe(1);
  });

  test('a variable is computed once', () => {
    const scope = scopeOn('alfa', { play: 'dice: "<%= [Math.random()] %>"\n' });
    expect(give('<%= dice[0] === dice[0] %>', scope)).toBe(true);
    expect(give('<%= dice %>', scope)).toEqual(give('<%= dice %>', scope));
  });

  test('data of other hosts is seen through hostvars', () => {
    const dataOf = (host: string) => (host === 'bravo' ? { key: { stdout: 'ssh-ed25519' } } : {});
    expect(give('<%= hostvars.bravo.key.stdout %>', scopeOn('alfa', { dataOf }))).toBe('ssh-ed25519');
  });

  test('variables of a play are not those of other hosts', () => {
    expect(toldAt(() => give('<%= hostvars.bravo.a %>'))).toBe('PV3002 `hostvars.bravo.a` is not defined');
  });

  test('passwords of a connection are masked once they are used', () => {
    const secrets = new Secrets();
    const everest = inventory.hosts.get('everest');
    const ssh = { user: 'tuna', password: '<%= "ge" + "heim" %>' };
    const changed = new Map([...inventory.hosts, ...(everest ? [['everest', { ...everest, ssh }] as const] : [])]);
    const scope = createScope({
      ...{ inventory: { ...inventory, hosts: changed }, host: 'everest', layers: [], data: {}, extra: [], secrets },
    });
    expect(give('<%= ssh.password %>', scope)).toBe('geheim');
    expect(secrets.mask('geheim')).toBe('********');
  });
});

describe('a mistake in a variable is told at the variable', () => {
  test('with the places that use it', () => {
    const scope = scopeOn('alfa', { play: 'one: "<%= two %>"\ntwo: "x <%= missing %>"\n' });
    const work = () => evaluate('<%= one %>', scope, () => document('task.yml', 'msg: "<%= one %>"').locate(['msg']));
    expect(toldAt(work)).toBe('PV3001 play.yml:2:13 [missing] `missing` is not defined');
    expect(alsoToldAt(work)).toEqual(['play.yml:1:11 [two] used here', 'task.yml:1:11 [one] used here']);
  });

  test('also on another host', () => {
    const work = () => give('<%= hostvars.nuptse.broken %>');
    expect(toldAt(work)).toBe('PV3001 nuptse.yml:2:14 [missing] `missing` is not defined');
  });

  test('also when it never ends', () => {
    const scope = scopeOn('alfa', { play: 'endless: "<% for (;;) {} %>"\n' });
    expect(toldAt(() => give('<%= endless %>', scope))).toBe(
      'PV3008 play.yml:1:11 [<% for (;;) {} %>] the expression does not end: stopped after 2 s',
    );
  });

  test('what a value lacks is told with where it was defined', () => {
    const work = () =>
      give('<%= ssh.prot %> <%= limits.memroy %>', scopeOn('alfa', { play: 'limits: { memory: 1 }\n' }));
    expect(toldAt(work)).toBe('PV3002 `ssh.prot` is not defined');
    const other = () => give('<%= limits.memroy %>', scopeOn('alfa', { play: 'limits: { memory: 1 }\n' }));
    expect(alsoToldAt(other)).toEqual(['play.yml:1:1 [limits] `limits` is defined here']);
  });

  test('an unknown name is told with the nearest ones, functions included, and where to define it', () => {
    const scope = scopeOn('alfa');
    const tell = (text: string) => {
      try {
        return give(text, scope);
      } catch (error) {
        return (error as { diagnostics: { label?: string; help?: string }[] }).diagnostics[0];
      }
    };
    expect(tell('<%= adress %>')).toMatchObject({
      label: 'did you mean `address`?',
      help: expect.stringMatching(/^define it in alfa\.yml under host alfa, or in the vars of the play; /),
    });
    expect(tell('<%= netmsk(24) %>')).toMatchObject({ label: 'did you mean `netmask`?' });
  });
});

describe('variables that depend on each other', () => {
  test('are told with all their places', () => {
    const play = 'one: "<%= two %>"\ntwo: "<%= three %>"\nthree: "<%= one %>"\n';
    const work = () => give('<%= two %>', scopeOn('alfa', { play }));
    expect(toldAt(work)).toBe('PV3010 play.yml:2:1 [two] variables depend on each other: two → three → one → two');
    expect(alsoToldAt(work)).toEqual(['play.yml:3:1 [three] `three`', 'play.yml:1:1 [one] `one`']);
  });

  test('one that uses itself', () => {
    const work = () => give('<%= packages %>', scopeOn('alfa', { play: 'packages: "<%= [...packages, 1] %>"\n' }));
    expect(toldAt(work)).toBe('PV3010 play.yml:1:1 [packages] `packages` is computed from itself');
  });

  test('over hosts', () => {
    const own = layer('everest', 'x: "<%= hostvars.everest.x %>"\n');
    const everest = inventory.hosts.get('everest');
    if (!everest) throw new Error('no everest');
    const changed = { ...inventory, hosts: new Map([...inventory.hosts, ['everest', { ...everest, layers: [own] }]]) };
    const scope = createScope({
      ...{ inventory: changed, host: 'alfa', layers: [], data: {}, extra: [], secrets: new Secrets() },
    });
    expect(toldAt(() => give('<%= hostvars.everest.x %>', scope))).toBe(
      'PV3010 everest.yml:1:1 [x] `x` is computed from itself',
    );
  });
});

test('a variable whose name says that it is a secret is masked once it was used', () => {
  const secrets = new Secrets();
  const scope = scopeOn('alfa', { secrets, play: 'bind_password: hunter2!\nbound: "uid=<%= bind_password %>"\n' });
  expect(give('<%= bound %>', scope)).toBe('uid=hunter2!');
  expect(secrets.mask('uid=hunter2!')).toBe('uid=********');
});
