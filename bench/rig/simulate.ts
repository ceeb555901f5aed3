import { writeFileSync } from 'node:fs';
import { startSimulatedHosts } from '../../test/support/simulated-hosts.ts';

// Started by simulated-work.ts: so many hosts on 127.0.0.1, their inventory in a file, until it is ended.
const [count = '', inventoryFile = ''] = process.argv.slice(2);
// Each has a /run of its own, where it keeps the lock of a run.
const apart = 'mount -t tmpfs none /run && exec sh -c "$1"';
const loginShell = (text: string): readonly string[] => ['unshare', '--mount', 'sh', '-c', apart, 'sh', text];
const simulation = await startSimulatedHosts({ count: Number(count), loginShell });
writeFileSync(inventoryFile, simulation.inventory, { mode: 0o600 });
process.stdout.write(`${simulation.folder}\n`);
