import { parseAddress } from '../core/ip-address.ts';
import type { Look } from '../core/plan.ts';

/** An SSH connection as the host sees it: behind NAT or jump hosts `from` is the last of them. */
export interface SshConnection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** The sockets of the SSH servers among the ancestors of the shell that asks. */
const ownSockets = `p=$$
while [ "\${p:-0}" -gt 1 ]; do
  case $(cat "/proc/$p/comm") in
    sshd*|dropbear*) ls -l "/proc/$p/fd" | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/ ino:\\1 /p' ;;
  esac
  p=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status")
done`;

/** Those of all connections that belong to them; the blank keeps number 12 from being found in 123. */
const script = `sockets=$(${ownSockets})
[ -z "$sockets" ] || ss -tneH state established | sed 's/$/ /' | grep -F -e "$sockets" || :`;

/** The connections by which we are on the host; none where it is this machine itself. */
export async function readSshConnections(look: Look): Promise<readonly SshConnection[]> {
  const { stdout } = await look.query(['sh', '-c', script]);
  return stdout.split('\n').flatMap((line) => parseConnection(line) ?? []);
}

/** `0 36 192.0.2.1:22 198.51.100.7:50748 timer:(…) ino:…`: the host's end comes first. */
function parseConnection(line: string): SshConnection | undefined {
  const [, , near = '', far = ''] = line.trim().split(/\s+/);
  const [to, from] = [parseEnd(near), parseEnd(far)];
  return to && from && { from: from.address, to: to.address, port: to.port };
}

/** `192.0.2.1:22`, `[2001:db8::1]:22`, `[::ffff:192.0.2.1]:22`, `[fe80::1]%eth0:22`. */
function parseEnd(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]%]+)(?:%[^\]]+)?\](?:%[^:]+)?|([0-9.]+)(?:%[^:]+)?):(\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? plain ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return parseAddress(address) && { address, port: Number(port) };
}
