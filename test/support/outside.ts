import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { attempt, execute } from '../../src/lab/execute.ts';
import { hostNames, labNames } from '../../src/lab/names.ts';
import { testLab } from './lab.ts';

const scanner = new URL('scan-ports.mjs', import.meta.url).pathname;

/** Somebody in the world: a namespace of its own on a cable to one lab host, which is no host of the lab. */
export class Outside {
  readonly address: string;
  /** The host's end of the cable. */
  readonly interface = 'world0';
  readonly hostAddress = '198.51.100.1';
  readonly address6 = 'fd98::2';
  readonly hostAddress6 = 'fd98::1';
  private readonly namespace: string;

  private constructor(namespace: string, address = '198.51.100.2') {
    this.namespace = namespace;
    this.address = address;
  }

  static async cableTo(number: number): Promise<Outside> {
    const host = hostNames(labNames(testLab.name), testLab.subnet, number);
    const outside = new Outside(`${host.namespace}-outside`);
    await outside.remove();
    const { namespace, interface: name } = outside;
    await ip(`netns add ${namespace}`);
    await ip(`-n ${namespace} link add eth0 type veth peer name ${name} netns ${host.namespace}`);
    for (const [where, link, four, six] of [
      [namespace, 'eth0', outside.address, outside.address6],
      [host.namespace, name, outside.hostAddress, outside.hostAddress6],
    ] as const) {
      await ip(`-n ${where} addr add ${four}/24 dev ${link}`);
      await ip(`-n ${where} addr add ${six}/64 dev ${link} nodad`);
      await ip(`-n ${where} link set ${link} up`);
    }
    await ip(`-n ${namespace} route add default via ${outside.hostAddress}`);
    return outside;
  }

  /** On the network of a lab's hosts themselves, where a cable stays plugged in when one of them reboots. */
  static async besideHosts(lab: string, subnet: string): Promise<Outside> {
    const { bridge } = labNames(lab);
    const outside = new Outside(`${bridge}-outside`, `${subnet}.250`);
    await outside.remove();
    const { namespace, address } = outside;
    await ip(`netns add ${namespace}`);
    await ip(`-n ${namespace} link add eth0 type veth peer name ${bridge}-o netns 1`);
    await ip(`link set ${bridge}-o master ${bridge} up`);
    await ip(`-n ${namespace} addr add ${address}/24 dev eth0`);
    await ip(`-n ${namespace} addr add ${outside.address6}/64 dev eth0 nodad`);
    await ip(`-n ${namespace} link set eth0 up`);
    return outside;
  }

  async knowsTheWay(to: string, by: string): Promise<void> {
    await ip(`-n ${this.namespace} route replace ${to} via ${by}`);
  }

  /** What SSH shows there, or nothing. */
  async shownKey(address: string, port = 22): Promise<string> {
    const scan = ['ssh-keyscan', '-T', '3', '-t', 'ed25519', '-p', String(port), address];
    const { stdout } = await attempt(['ip', 'netns', 'exec', this.namespace, ...scan]);
    return /^[^#\s]\S* (.+)$/m.exec(stdout)?.[1] ?? 'closed';
  }

  /** The TCP ports that take a connection, all 65,535 unless told otherwise. */
  async openPorts(address: string, ports: readonly [first: number, last: number] = [1, 65_535]): Promise<number[]> {
    const argv = [process.execPath, scanner, address, ...ports.map(String)];
    return JSON.parse(await execute(['ip', 'netns', 'exec', this.namespace, ...argv])) as number[];
  }

  /** From which address a call comes to a port; nothing where it does not come through. */
  async caller(port: number, call: () => Promise<unknown>): Promise<string> {
    const script = `require('node:net').createServer((socket) => { console.log(socket.remoteAddress); process.exit(); })
      .listen(${port}, '${this.address}', () => console.log('ready'))`;
    const child = spawn('ip', ['netns', 'exec', this.namespace, process.execPath, '-e', script]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    await call();
    // Who came through is known to the kernel by now, and in a moment here.
    const patience = setTimeout(() => child.kill(), 5000);
    const { value = '' } = await lines.next();
    clearTimeout(patience);
    return value;
  }

  async remove(): Promise<void> {
    await execute(['sh', '-c', `! ip netns list | grep -qw -- ${this.namespace} || ip netns del ${this.namespace}`]);
  }
}

async function ip(words: string): Promise<void> {
  await execute(['ip', ...words.split(' ')]);
}
