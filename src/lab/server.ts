import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { gatewayOf, installerPort, type LabNames, proxyPort } from './names.ts';
import { assetPath } from './package-root.ts';
import { endProcesses, findProcesses } from './processes.ts';
import { sharedProxyPort, waitForPort } from './proxy.ts';

const script = 'lab-server.mjs';

/** The process that serves installers and proxy on the lab's bridge, and outlives this command. */
export async function startServer(lab: LabNames, subnet: string): Promise<void> {
  if ((await serverProcesses(lab)).length > 0) return;
  const address = gatewayOf(subnet);
  await mkdir(lab.published, { recursive: true });
  const log = await open(`${lab.folder}/server.log`, 'a');
  const ports = [installerPort, proxyPort, sharedProxyPort].map(String);
  const child = spawn(process.execPath, [assetPath(script), lab.name, address, lab.published, ...ports], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
  });
  await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
  child.unref();
  await log.close();
  await waitForPort(address, installerPort, 10);
}

export async function stopServer(lab: LabNames): Promise<void> {
  await endProcesses(await serverProcesses(lab));
}

async function serverProcesses(lab: LabNames): Promise<readonly number[]> {
  const found = await findProcesses(([, file = '', name]) => file.endsWith(`/${script}`) && name === lab.name);
  return found.map(({ pid }) => pid);
}
