import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { isAlive } from '../../src/lab/processes.ts';
import { ControlGroup } from './control-group.ts';
import { compileDelayWire, startDelayWire } from './delay-wire.ts';
import { startHost } from './host.ts';
import * as names from './names.ts';
import { attachController, makeNetwork, plugCable, removeNetwork, unplugCable } from './network.ts';
import { writeSshFiles } from './ssh-files.ts';

/** A controller and its hosts, all of them on this machine. */
export class Rig {
  readonly hosts: readonly names.RigHost[];
  readonly controllerGroup = new ControlGroup(`${names.namePrefix}controller`);
  readonly hostsGroup = new ControlGroup(`${names.namePrefix}hosts`);
  readonly #wireGroup = new ControlGroup(`${names.namePrefix}wire`);
  #rtt: number | undefined;

  constructor(count: number) {
    this.hosts = names.rigHosts(count);
  }

  /** Takes away what a crashed run has left, then makes all of it; `claimRig` comes first. */
  async up(): Promise<void> {
    await this.#remove();
    for (const folder of [names.homeFolder, names.workFolder, names.logFolder, names.programFolder])
      await mkdir(folder, { recursive: true });
    await copyFile(process.execPath, names.nodeProgram);
    for (const group of this.#groups()) group.make();
    await writeSshFiles(this.hosts);
    await compileDelayWire();
    await makeNetwork(this.hosts);
    await this.setRoundTrip(0);
    for (const host of this.hosts) await startHost(host, this.hostsGroup);
  }

  async setRoundTrip(rtt: number): Promise<void> {
    if (rtt === this.#rtt) return;
    if (this.#rtt === 0) await unplugCable();
    await this.#wireGroup.end();
    this.#rtt = rtt;
    if (rtt === 0) await plugCable();
    else await startDelayWire(rtt, this.#wireGroup);
    await attachController(this.hosts);
  }

  async down(): Promise<void> {
    await this.#remove();
    rmSync(names.lockFile, { force: true });
  }

  async #remove(): Promise<void> {
    for (const group of this.#groups()) await group.remove();
    await removeNetwork();
    await rm(names.stateFolder, { recursive: true, force: true });
  }

  #groups(): readonly ControlGroup[] {
    return [this.controllerGroup, this.hostsGroup, this.#wireGroup];
  }
}

/** Two of them would measure each other, and take each other's hosts away. Throws where there is another one. */
export function claimRig(): void {
  const holder = existsSync(names.lockFile) ? Number(readFileSync(names.lockFile, 'utf8')) : 0;
  if (holder > 0 && isAlive(holder)) throw new Error(`another benchmark runs on this machine (process ${holder})`);
  rmSync(names.lockFile, { force: true });
  writeFileSync(names.lockFile, String(process.pid), { flag: 'wx' });
}
