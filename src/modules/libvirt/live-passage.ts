import { type Carried, carrySockets, type Ends } from './carry-sockets.ts';
import { formatXml, type Xml } from './xml.ts';

/** Below it the profiles that libvirt writes for AppArmor let QEMU have sockets with names of the form below. */
const folder = '/run/libvirt/provision';
const longestSocket = 107;

/** Who talks over them: the two libvirtd, then the two QEMU, of memory and of disks. */
interface SocketPaths {
  readonly driver: string;
  readonly memory: string;
  readonly disks: string;
}

function socketsOf(name: string): SocketPaths {
  const own = (what: string): string => `${folder}/${what}.tunnelmigrate.dest.${name}`;
  return { driver: `${folder}/driver`, memory: own('memory'), disks: own('disks') };
}

/** Whether the sockets of a guest of this name can be had. */
export function fitsSockets(name: string): boolean {
  return socketsOf(name).memory.length <= longestSocket;
}

/** The definitions that the guest is to run with there, and is kept with there. */
export interface MovedDefinitions {
  readonly running: Xml;
  readonly kept: Xml;
}

/** What leads from the one hypervisor to the other as long as the guest is on its way. */
export interface LivePassage extends Carried {
  /** For `virsh migrate`. */
  readonly options: readonly string[];
}

export async function openPassage(name: string, definitions: MovedDefinitions, ends: Ends): Promise<LivePassage> {
  const { source, target } = ends;
  const { driver, memory, disks } = socketsOf(name);
  const told = await Promise.all([
    source.run(['sh', '-c', makeFolder, 'sh', folder, '0:0', '0711']),
    target.run(['sh', '-c', `${makeFolder}\n${findLibvirt}`, 'sh', folder, '', '0700']),
  ]);
  const libvirt = told[1].stdout.trim();
  const same = [memory, disks].map((path) => ({ from: path, to: path }));
  const carried = await carrySockets([{ from: driver, to: libvirt }, ...same], ends);
  const close = async (): Promise<void> => {
    await carried.stop();
    await Promise.all([source, target].map((host) => host.run(['rm', '-rf', '--', folder])));
  };
  try {
    // QEMU itself connects for its disks; that of the drivers leads to root, and stays root's.
    await source.run(['sh', '-c', giveToQemu, 'sh', disks]);
    const { running, kept } = definitions;
    const files = { running: `${folder}/running.xml`, kept: `${folder}/kept.xml` };
    await source.write({ path: files.running, content: formatXml(running), mode: '0600' });
    await source.write({ path: files.kept, content: formatXml(kept), mode: '0600' });
    const to = ['--desturi', `qemu+unix:///system?socket=${driver}`, '--migrateuri', `unix://${memory}`];
    const xml = ['--xml', files.running, '--persistent-xml', files.kept];
    return { failures: carried.failures, stop: close, options: [...to, '--disks-uri', `unix://${disks}`, ...xml] };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As libvirtd itself says whom QEMU runs as. */
const qemuUser = 'stat -c %u:%g /var/lib/libvirt/qemu';

/** $1 folder, $2 its owner or nothing for QEMU's, $3 mode. What an earlier try has left of it is of no use. */
const makeFolder = `rm -rf -- "$1" && mkdir -m "$3" -- "$1" && chown "\${2:-$(${qemuUser})}" "$1" || exit`;

const giveToQemu = `chown "$(${qemuUser})" "$1"`;

const findLibvirt = `for name in libvirt-sock virtqemud-sock; do
  [ ! -S "/run/libvirt/$name" ] || { echo "/run/libvirt/$name"; exit 0; }
done
echo "libvirt has no socket in /run/libvirt" >&2; exit 1`;
