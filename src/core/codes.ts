/** What `provision doc CODE` prints: a title and, where the message cannot hold it, an explanation. */
interface CodeEntry {
  readonly title: string;
  readonly explanation: string;
}

/**
 * Every code there is; the key is the code. 0xxx the command line, 1xxx playbooks, 2xxx inventory and variables, 3xxx
 * expressions and templates, 4xxx connections, 5xxx modules and hosts, 9xxx mistakes of ours.
 */
export const codes = {
  // 00xx the command line
  PV0001: {
    title: 'there is no such option',
    explanation: '`provision VERB --help` lists the options of a verb.',
  },
  PV0002: {
    title: 'an option has no value, or a wrong one',
    explanation: 'An option written in capitals in `--help` wants a value after it; a switch takes none.',
  },
  PV0003: {
    title: 'something is missing on the command line',
    explanation: 'A verb was given too few or too many words. `provision VERB --help` shows how it is used.',
  },
  PV0004: {
    title: 'there is nobody to ask',
    explanation:
      'A question has to be answered, but there is no terminal to ask it on. Give the answer on the command line: ' +
      '`-e NAME=VALUE` for a prompt of the playbook.',
  },
  // 10xx YAML
  PV1001: {
    title: 'the file is not valid YAML',
    explanation:
      'Playbooks and inventories are YAML 1.2. Most often a quote or bracket is not closed, a line is indented wrongly, ' +
      'or a text that holds `: ` or ` #`, or begins with one of `@ ` % * & ! { [`, lacks its quotes.',
  },
  PV1002: {
    title: 'a key stands twice in one map',
    explanation: 'YAML keeps one of the two and silently drops the other.',
  },
  PV1003: {
    title: 'a negation was read as a YAML tag',
    explanation: 'In YAML a word that begins with `!` is a tag. Put the condition in quotes: when: "!installed"',
  },
  PV1004: { title: 'an unknown YAML tag', explanation: 'The only tag of provision is `!secret NAME`.' },
  PV1005: {
    title: 'YAML cut an expression',
    explanation:
      'In a text without quotes YAML ends at ` #`, `: ` and, inside brackets, at `,` and every bracket. ' +
      'An expression that holds one of them needs quotes around the whole text: "<%= a ? b : c %>"',
  },
  PV1006: { title: 'a tab as indentation', explanation: 'YAML is indented with spaces only.' },
  PV1007: {
    title: 'the secret store is not there yet',
    explanation:
      '`!secret NAME` will read from an encrypted file of the project. Until then, take a secret from the environment, ' +
      '"<%= env(\'NAME\') %>", or ask for it with `vars_prompt`.',
  },
  PV1008: { title: 'a file could not be read', explanation: 'It is missing, not readable, or not UTF-8 text.' },
  PV1009: {
    title: 'an alias that leads nowhere',
    explanation: '`*name` repeats what was marked `&name` above it; `<<: *name` takes over the keys of a map.',
  },
  PV1010: {
    title: 'a Jinja expression',
    explanation: 'Expressions are JavaScript between `<%=` and `%>`, in quotes: "<%= ip %>:22"',
  },
  PV1012: {
    title: 'a number too long',
    explanation: 'Numbers beyond 2^53 lose digits. Put it in quotes to keep it as text.',
  },
  // 11xx plays and tasks
  // 12xx modules and their arguments
  // 20xx inventory
  // 21xx variables
  // 30xx expressions
  PV3001: {
    title: 'a name is not defined',
    explanation:
      'An expression uses a name that is no variable of this host, no name of provision and no function. What is ' +
      "undefined is always an error: ask with `has('a.b')`, or take a default with `get('a.b', default)`.",
  },
  // 31xx templates
  // 40xx connections
  // 50xx engine and any module
  PV5001: {
    title: 'the command failed',
    explanation: 'A command on the host ended with another exit status than the ones that mean success.',
  },
  PV5002: {
    title: 'the task did not converge',
    explanation:
      'After its steps were performed, the host was read again and still differs from what the task asks for. ' +
      'Something undid the change, or the host did not accept it.',
  },
  PV5003: {
    title: 'a step was not confirmed',
    explanation: 'The step destroys something, so it is asked for. Without a terminal the answer is no; `-y` says yes.',
  },
  PV5004: {
    title: 'the machine a task is delegated to failed earlier',
    explanation: 'A guest is not touched on a hypervisor whose own play failed in the same run.',
  },
  PV5005: {
    title: 'a `failed_when` condition holds',
    explanation: 'The task itself went well, but its own `failed_when` says that this result is a failure.',
  },
  PV5006: {
    title: '`delegate_to` does not name a host',
    explanation: 'The value of `delegate_to` must be the name of one host of the inventory.',
  },
  PV5007: {
    title: '`loop` is not a list',
    explanation: 'A loop runs over the items of a list; a map can be turned into one with `Object.entries(...)`.',
  },
  PV5008: {
    title: 'a host is not in the inventory',
    explanation: 'A task is delegated to a host, or a guest names a hypervisor, that the inventory does not have.',
  },
  // 51xx file, http, shell, apt, systemd, user, ssh, wait, assert
  PV5101: {
    title: 'an assertion does not hold',
    explanation: 'One of the conditions that `assert.that` was given is false, so the host is left as it is.',
  },
  // 52xx iptables
  // 53xx libvirt
  // 54xx installers
  // 56xx lab
  PV5601: {
    title: 'a lab cannot run on this machine',
    explanation:
      'The lab boots Debian hosts in namespaces of this machine. It needs Linux on amd64, root, and an apt of Debian to ' +
      'install from; it needs neither KVM nor Docker. Everything else of provision works without it.',
  },
  PV5602: {
    title: 'the lab cannot be used as asked',
    explanation: 'The command names a lab or host that does not run, or asks for what another lab already has.',
  },
  PV5603: {
    title: 'a part of the lab did not come up',
    explanation:
      'Something of the lab failed to start or could not be made. `provision lab down` clears away whatever is left, ' +
      'and a new `provision lab up` starts over; what takes long is kept in /var/cache/provision/lab.',
  },
  // 90xx mistakes of ours
  PV9001: {
    title: 'provision itself made a mistake',
    explanation: 'This is a defect of provision. Please report it with the command, the playbook and the whole output.',
  },
} as const satisfies Record<`PV${number}`, CodeEntry>;

export type Code = keyof typeof codes;
