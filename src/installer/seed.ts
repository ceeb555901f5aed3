/** Where and to whom seeds are given out over HTTP. */
export interface SeedService {
  /** The guests' network, in which the seeds of several guests share one listener. */
  readonly network: string;
  /** `192.168.101.1:2015` */
  readonly listen: string;
}

export const seedRoot = '/run/provision/seeds';
const units = '/run/systemd/system';

export const responderPath = `${seedRoot}/answer.sh`;

export function seedFolder(network: string): string {
  return `${seedRoot}/${network}`;
}

/**
 * How an installer asks for its seed: one file by the guest's name (Debian's installer, Anaconda), or the files of
 * cloud-init's NoCloud (subiquity).
 */
export type SeedForm = 'file' | 'nocloud';

/** What an installer is told. */
export interface SeedAnswers {
  /** The seed itself; for NoCloud its user-data. */
  readonly seed: string;
  /** NoCloud's other files. */
  readonly metaData?: string | undefined;
  readonly networkConfig?: string | undefined;
}

/** Where an installer is told that its seed is, in the arguments of its kernel. */
export function seedUrl(form: SeedForm, listen: string, guest: string): string {
  return form === 'file' ? `http://${listen}/preseed-${guest}.txt` : `s=http://${listen}/`;
}

/** A guest's seed lies in a folder named by its address: whoever asks from there is given it, nobody else. */
export function seedFiles(form: SeedForm, guest: string, answers: SeedAnswers): Readonly<Record<string, string>> {
  const { seed, metaData = `instance-id: ${guest}\nlocal-hostname: ${guest}\n`, networkConfig } = answers;
  if (form === 'file') return { [`preseed-${guest}.txt`]: seed };
  const network = networkConfig === undefined ? {} : { 'network-config': networkConfig };
  return { ...network, 'user-data': seed, 'meta-data': metaData };
}

/** The folder of one guest's seed. */
export function seedHome(network: string, address: string): string {
  return `${seedFolder(network)}/${address}`;
}

export function seedUnits(network: string): { readonly socket: string; readonly paths: readonly [string, string] } {
  const name = `provision-seed-${network}`;
  return { socket: `${name}.socket`, paths: [`${units}/${name}.socket`, `${units}/${name}@.service`] };
}

/** Answers one HTTP request on its standard input and output; its argument is the network's folder. */
export const responder = `#!/bin/sh
# Gives a guest its seed. REMOTE_ADDR, set by systemd, tells who asks.
carriage_return=$(printf '\\r')
read -r method path _
while read -r header && [ -n "\${header%"$carriage_return"}" ]; do :; done
name=\${path#/}
case $method:$name in
  GET:.* | GET:*/*) name= ;;
  GET:preseed-* | GET:user-data | GET:meta-data | GET:network-config) ;;
  *) name= ;;
esac
file=$1/$REMOTE_ADDR/$name
if [ -n "$name" ] && [ -f "$file" ]; then
  printf 'HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: %s\\r\\n\\r\\n' "$(wc -c <"$file")"
  cat "$file"
else
  printf 'HTTP/1.0 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n'
fi
`;

/** Listens while guests of this network install; each request is answered by a process of its own. */
export function socketUnit({ network, listen }: SeedService): string {
  return `[Unit]
Description=Seeds of guests that install on network ${network}

[Socket]
ListenStream=${listen}
Accept=yes
FreeBind=yes
`;
}

export function serviceUnit(network: string): string {
  return `[Unit]
Description=Seed for a guest on network ${network}
CollectMode=inactive-or-failed

[Service]
ExecStart=/bin/sh ${responderPath} ${seedFolder(network)}
StandardInput=socket
StandardError=journal
RuntimeMaxSec=30
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
`;
}
