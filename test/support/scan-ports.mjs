// Which TCP ports of an address take a connection: `node scan-ports.mjs ADDRESS FIRST LAST`, run in whatever network
// namespace one wants to look from. A port that says nothing within the time counts as closed.
import { connect } from 'node:net';

const [address, first, last] = process.argv.slice(2);
// All that say nothing are waited for in a few rounds.
const atOnce = 12_000;
const patienceMs = 2000;
const refusals = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

const waiting = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
const open = [];

function knock(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    // On a busy machine the answer may be here already, not yet looked at: a look at the network comes before the end.
    const timer = setTimeout(() => setImmediate(() => setImmediate(() => socket.destroy())), patienceMs);
    socket.on('connect', () => {
      open.push(port);
      socket.destroy();
    });
    // A port that could not be tried is not a closed one.
    socket.on('error', (error) => {
      if (!refusals.has(error.code)) throw error;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function knockInTurn() {
  for (let port = waiting.shift(); port !== undefined; port = waiting.shift()) await knock(port);
}

await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, knockInTurn));
console.log(JSON.stringify(open.sort((a, b) => a - b)));
