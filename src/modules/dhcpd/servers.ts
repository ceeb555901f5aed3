/** What differs between the DHCP servers that there are. */
export interface DhcpServer {
  /** Its configuration, unless the task names another file. */
  readonly path: string;
  readonly service: string;
  /** The process that listens. */
  readonly program: string;
  readonly package: string;
  /** Judges a file, whose path is put after it. */
  readonly check: readonly string[];
  /** Where it keeps its leases, the oldest first; not all need to be there. */
  readonly leases: readonly string[];
  /** Where the interfaces stand that it listens on, when not in its configuration. */
  readonly defaults?: string;
}

export const servers = {
  isc: {
    path: '/etc/dhcp/dhcpd.conf',
    service: 'isc-dhcp-server',
    program: 'dhcpd',
    package: 'isc-dhcp-server',
    check: ['dhcpd', '-t', '-4', '-cf'],
    leases: ['/var/lib/dhcp/dhcpd.leases'],
    defaults: '/etc/default/isc-dhcp-server',
  },
  kea: {
    path: '/etc/kea/kea-dhcp4.conf',
    service: 'kea-dhcp4-server',
    program: 'kea-dhcp4',
    package: 'kea-dhcp4-server',
    check: ['kea-dhcp4', '-t'],
    // From time to time it cleans up: what it has cleaned is `.2`, what it is cleaning `.1`.
    leases: ['/var/lib/kea/kea-leases4.csv.2', '/var/lib/kea/kea-leases4.csv.1', '/var/lib/kea/kea-leases4.csv'],
  },
} as const satisfies Record<string, DhcpServer>;

export type ServerName = keyof typeof servers;
