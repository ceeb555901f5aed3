import type { Machine } from '../machine.ts';
import type { PlannedCell } from '../plan.ts';
import { type Profiles, profiledRounds } from '../profile/take-profiles.ts';
import type { Row } from '../row.ts';
import type { Chart } from './charts.ts';
import { profileTable } from './profile-text.ts';
import { leftOutTable, placeText, resultText, targetTable, tripPlaces, tripTable } from './result-text.ts';
import { isMet, targets } from './targets.ts';

export interface Document {
  readonly rows: readonly Row[];
  readonly cells: readonly PlannedCell[];
  readonly machine: Machine;
  readonly charts: readonly Chart[];
  readonly profiles: Profiles;
}

/** What was measured, on what and how, and what was not. */
export function documentText({ rows, cells, machine, charts, profiles }: Document): string {
  return [
    '# Performance\n',
    'Written by `npm run bench`, which measures all of this on hosts that it makes on one machine. Medians;',
    'the [single runs](performance/rows.json) are beside it.',
    '',
    '## Against what was aimed at\n',
    verdict(rows),
    targetTable(targets(rows)),
    '## In pictures\n',
    'Scales are logarithmic: the same length more is the same factor more.\n',
    ...charts.map(({ file, title }) => `![${title}](performance/${file})\n`),
    '## Where the time goes\n',
    whereTimeGoes,
    profileTable(profiles),
    '## On what\n',
    machineText(machine),
    '## How\n',
    method,
    '## What was left out\n',
    leftOutTable(cells, rows),
    '## Serial round trips\n',
    'From the time at 40 ms less the time at 0 ms, login included. Where CPU dominates, as with Ansible, noise does too.\n',
    ...tripPlaces(rows).map((place) => `${placeText(place)}:\n\n${tripTable(rows, place)}`),
    '## All figures\n',
    resultText(rows).replace(/### (Serial|Targets)[\s\S]*$/, ''),
  ].join('\n');
}

function verdict(rows: readonly Row[]): string {
  const all = targets(rows).map(isMet);
  const count = (wanted: boolean | undefined) => all.filter((met) => met === wanted).length;
  return `${count(true)} reached, ${count(false)} missed, ${count(undefined)} not measured.\n`;
}

function machineText({ date, system, kernel, processor, memoryGigabytes, versions }: Machine): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}: ${system}, kernel ${kernel}, ${processor}, ${memoryGigabytes} GB. ${list.join(', ')}.\n`;
}

const whereTimeGoes = `Milliseconds in which the controller of W1 on one host without delay was at work, by the part of the program whose
functions ran: from V8's profiler, on average of ${profiledRounds} runs, each somewhat slower for being watched. Waiting is left out.
`;

const method = `Each host is a network namespace with its own OpenSSH server, firewall, \`/root\`, \`/run\` and \`/tmp\`; they share
processors and disk with the controller. So wall times are the time of both sides together, and CPU is counted apart, by
control groups. A fleet of real machines does its own part in parallel: against contenders that burn much CPU on the
hosts, ratios at 10 and 50 hosts would be smaller there. Round trips come from a cable that delays every packet,
handshakes included.

W1 is 50 tasks a host: 15 directories, 20 templates of 0.9 KB with a host's own variables, a loop and a condition, 5 edits
of lines, 5 commands that create a file, 5 firewall rules. W2 is 200 commands a host that do nothing. Every contender's
input is written from one model. *Converge* starts from the untouched host, *no change* from its result. After every run
modes, owners, contents and rules of every host are compared with what the model says they must be; a contender that
leaves anything else is out. Connections are new in every run, and each host's key is known before.

*Edge* is one host that becomes DHCP server and firewall of so many guests: \`dhcpd.conf\` with a reservation for each,
rendered and checked by \`dhcpd -t\`, and a firewall that drops all but one port of each guest, loaded for real. The server
itself does not run, for want of a service manager in a namespace. Ansible does it with \`template\` and \`validate\`, and
with \`iptables\` in a loop; provision has the rules confirmed by a second login, and keeps them for the next boot, too.
The text of the file and the accepts of both are compared with the model.

| contender | is |
|---|---|
| provision | \`provision playbook.yml\` as users start it, with its journal, output into a file |
| sketch | one ssh2 connection from Node, one shell, one look at everything, the changes pipelined; no engine around it |
| pipe | the same for W2: all commands written at once |
| floor | OpenSSH with one script for each host, written beforehand, all hosts at once |
| ansible_default | ansible-core as it comes |
| ansible_tuned | pipelining, 50 forks, strategy free, no facts, interpreter named |
| mitogen | the same with Mitogen's strategy \`mitogen_free\` |

Contenders take turns, round by round, so that a busy minute hits all alike. What is slow has fewer rounds, down to one;
the tables say how many runs there were. Memory is sampled, 30 times a second at first and twice after five seconds, so a
short peak can be missed.
`;
