import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { expandRange } from './host-range.ts';
import { draftGroup, draftHost, type GroupDraft, type InventoryDraft } from './inventory-draft.ts';
import { checkLayer } from './inventory-variables.ts';

interface Reading {
  readonly document: Located;
  readonly draft: InventoryDraft;
  readonly problems: Problems;
}

/** Adds the groups and hosts of one inventory file to the draft. */
export function readInventoryFile(document: Located, draft: InventoryDraft, problems: Problems): void {
  const reading = { document, draft, problems };
  const groups = document.value;
  if (isMap(groups)) {
    for (const [name, body] of Object.entries(groups)) readGroup(name, body, { path: [name], reading });
    return;
  }
  const message = groups === null ? 'this inventory is empty' : 'an inventory is a map of groups';
  problems.add('PV2001', message, { at: document.locate([]), help: shapeHelp });
}

const shapeHelp = 'write groups with hosts: hypervisors: { hosts: { alfa: { ssh: { user: root } } } }';

interface Place {
  readonly path: Path;
  readonly reading: Reading;
}

function readGroup(name: string, body: unknown, { path, reading }: Place): GroupDraft | undefined {
  const { document, draft, problems } = reading;
  const at = document.locate(path, 'key');
  if (!checkName(name, 'group', { path, reading })) return undefined;
  const group = draftGroup(draft, name, at);
  if (body === null) return group;
  if (!isMap(body)) {
    const help = `${name}: { hosts: { alfa: }, vars: { … }, children: { … } }`;
    problems.add('PV2001', `the group \`${name}\` must be a map`, { at: document.locate(path), help });
    return group;
  }
  for (const [key, value] of Object.entries(body)) readPart({ group, key, value }, { path: [...path, key], reading });
  return group;
}

interface Part {
  readonly group: GroupDraft;
  readonly key: string;
  readonly value: unknown;
}

function readPart({ group, key, value }: Part, { path, reading }: Place): void {
  const { document, problems } = reading;
  if (key !== 'hosts' && key !== 'children' && key !== 'vars') {
    const label = didYouMean(key, ['hosts', 'children', 'vars']);
    problems.add('PV2002', `a group has \`hosts\`, \`children\` and \`vars\`, but no \`${key}\``, {
      at: document.locate(path, 'key'),
      ...(label && { label }),
      help: `a host goes below \`hosts:\`, a variable below \`vars:\``,
    });
    return;
  }
  if (value === null) return;
  if (!isMap(value)) {
    const help = key === 'vars' ? 'vars: { name: value }' : `write each on a line of its own with a colon: \`alfa:\``;
    problems.add('PV2001', `\`${key}\` must be a map`, { at: document.locate(path), help });
    return;
  }
  if (key === 'vars') {
    const layer = { origin: `group ${group.name}`, values: value, document, path };
    checkLayer(layer, problems);
    group.layers.push(layer);
  } else if (key === 'children') {
    for (const [name, body] of Object.entries(value)) {
      const child = readGroup(name, body, { path: [...path, name], reading });
      if (child) group.children.set(name, document.locate([...path, name], 'key'));
    }
  } else {
    for (const [name, body] of Object.entries(value))
      readHosts({ group, key: name, value: body }, { path: [...path, name], reading });
  }
}

function readHosts({ group, key, value }: Part, { path, reading }: Place): void {
  const { document, draft, problems } = reading;
  const at = document.locate(path, 'key');
  const names = expandRange(key);
  if (!names) {
    const help = 'ranges look like web[01:20], db-[a:f], n[0:100:10], and give at most 100,000 hosts';
    problems.add('PV2003', `\`${key}\` is not a range of hosts`, { at, help });
    return;
  }
  if (!names.every((name) => checkName(name, 'host', { path, reading }))) return;
  const values = value ?? {};
  if (!isMap(values)) {
    const help = `${key}: { ssh: { host: … } }, or nothing after the colon`;
    problems.add('PV2001', `the variables of \`${key}\` must be a map`, { at: document.locate(path), help });
    return;
  }
  const isWritten = Object.keys(values).length > 0;
  if (isWritten) checkLayer({ origin: `host ${key}`, values, document, path }, problems);
  for (const name of names) {
    const host = draftHost(draft, name, at);
    host.groups.add(group.name);
    group.hosts.add(name);
    if (isWritten) host.layers.push({ origin: `host ${name}`, values, document, path });
  }
}

function checkName(name: string, kind: 'host' | 'group', { path, reading: { document, problems } }: Place): boolean {
  if (/^[A-Za-z0-9_][\w.-]*$/.test(name)) return true;
  const port = /^([\w.-]+):(\d+)$/.exec(name);
  problems.add('PV2003', `\`${name}\` cannot name a ${kind}`, {
    at: document.locate(path, 'key'),
    help: port
      ? `write ${port[1]}: { ssh: { port: ${port[2]} } }`
      : 'a name is made of letters, digits, `.`, `-` and `_`',
  });
  return false;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
