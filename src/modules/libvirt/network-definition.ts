import { elementAt, textAt, withChild, type Xml } from './xml.ts';

/**
 * A definition to put in the place of the one that is kept. One without a uuid would be that of another network, and one
 * without a bridge or its MAC address would get new ones, which the guests do not know.
 */
export function asKept(definition: Xml, kept: Xml): Xml {
  const [uuid, bridge, mac] = ['uuid', 'bridge', 'mac'].map((name) => elementAt(kept, name));
  const named = elementAt(definition, 'uuid') || !uuid ? definition : withChild(definition, uuid, 'name');
  if (!hasOwnBridge(definition) || !hasOwnBridge(kept) || !bridge) return named;
  const own = elementAt(definition, 'bridge');
  const attributes = { name: bridge.attributes.name ?? '', ...own?.attributes };
  const bridged = withChild(
    named,
    { ...(own ?? bridge), attributes },
    elementAt(named, 'forward') ? 'forward' : 'uuid',
  );
  return elementAt(definition, 'mac') || !mac ? bridged : withChild(bridged, mac, 'bridge');
}

/** libvirt makes the bridge of such a network, rather than using one of the host or a network card. */
function hasOwnBridge(network: Xml): boolean {
  return ['none', 'nat', 'route', 'open'].includes(
    elementAt(network, 'forward') ? (textAt(network, 'forward/@mode') ?? 'nat') : 'none',
  );
}
