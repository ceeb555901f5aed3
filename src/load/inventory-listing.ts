import type { Located, Path } from '../core/source.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * What Ansible's dynamic inventories print, as the same documents that a person would write: groups whose hosts and
 * children are lists or that are lists themselves, variables of hosts under `_meta`. Hosts that no group names have none.
 */
export function listingDocuments(document: Located): readonly Located[] {
  const { value } = document;
  if (!isMap(value)) return [document];
  const { _meta: meta, ...groups } = value;
  const read = Object.entries(groups).map(([name, body]) => [name, groupOf(body)] as const);
  const main = { ...document, value: Object.fromEntries(read), locate: locateIn(document, groups) };
  const named = new Set(read.flatMap(([, body]) => (isMap(body) && isMap(body.hosts) ? Object.keys(body.hosts) : [])));
  const variables = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : {};
  const hosts = Object.fromEntries(Object.entries(variables).filter(([host]) => named.has(host)));
  return Object.keys(hosts).length === 0 ? [main] : [main, hostVariables(document, hosts)];
}

function groupOf(body: unknown): unknown {
  if (Array.isArray(body)) return { hosts: mapOf(body) };
  if (!isMap(body)) return body;
  return {
    ...body,
    ...('hosts' in body && { hosts: mapOf(body.hosts) }),
    ...('children' in body && { children: mapOf(body.children) }),
  };
}

function mapOf(names: unknown): unknown {
  return Array.isArray(names) ? Object.fromEntries(names.map((name) => [String(name), null])) : names;
}

function hostVariables(document: Located, hosts: Values): Located {
  const locate: Located['locate'] = ([, , ...path], part) => document.locate(['_meta', 'hostvars', ...path], part);
  return { ...document, value: { all: { hosts } }, locate };
}

/** A name that is a key here stands in a list there. */
function locateIn(document: Located, groups: Values): Located['locate'] {
  return (path, part) => {
    const [group = '', kind = '', name, ...rest] = path;
    const body = groups[group];
    const isList = Array.isArray(body);
    const list = isList ? body : isMap(body) ? body[kind] : undefined;
    if (name === undefined || !Array.isArray(list)) return document.locate(path, part);
    const before: Path = isList ? [group] : [group, kind];
    return document.locate([...before, list.findIndex((item) => String(item) === name), ...rest]);
  };
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
