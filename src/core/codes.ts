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
  PV0005: {
    title: 'the journal cannot be written',
    explanation:
      'Every run keeps a journal in `.provision/runs` of the folder it was started in. A run that cannot begin one does ' +
      'not begin; one that loses it on the way goes on without.',
  },
  PV0006: {
    title: 'nothing was run',
    explanation:
      'No play has both hosts, within `--limit` where it is given, and tasks that the tags choose. That is no failure, ' +
      'but seldom what was meant.',
  },
  PV0007: {
    title: 'the run did not come to a guest that was named',
    explanation:
      'A guest was to be installed anew or adopted, but no task of the run that manages guests was about it.',
  },
  PV0008: {
    title: 'the run cannot be resumed',
    explanation:
      '`--resume` goes on with the last run of the playbook, or with the one that is named, where that failed, was ' +
      'interrupted or was killed. One that ended well, that was a check, that another run of the playbook has followed, ' +
      'or that another version of provision has made leaves nothing to go on with. A plain run leaves alone what is right.',
  },
  PV0009: {
    title: 'a file has changed since the run began that is to be resumed',
    explanation:
      'What was done before would not be done again, and what comes would be done by other files: playbooks, task files, ' +
      'variables, inventories, and templates that were rendered. Put the file back, or run the playbook without ' +
      '`--resume`: it goes through all tasks, leaves alone what is right, and pays the handlers that are owed.',
  },
  PV0010: {
    title: 'nobody can say whether a command was carried out',
    explanation:
      'The run that is to be resumed has sent a command that has neither `creates` nor `removes` nor `unless`, and was cut ' +
      'short before its end. It may not be safe to run it twice, nor to leave it out, so it is asked about; `-y` does not ' +
      'answer that. Without a terminal `--unconfirmed again` or `--unconfirmed done` says it for all such commands.',
  },
  PV0011: {
    title: 'a secret variable of the run is to be given again',
    explanation:
      'The journal keeps the variables of the command line, but none with a secret in it. A run that was given one is ' +
      'resumed with it: `-e NAME=VALUE`, or better `-e @FILE`. Private prompts are asked again, too.',
  },
  PV0012: {
    title: 'what is printed cannot be written',
    explanation:
      'Standard output or standard error leads to a file, and its file system is full or broken. A run is not ended by that: ' +
      'its journal in `.provision/runs` has all of it. The exit code is 74 where it would have been 0.',
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
    explanation: 'In YAML a word that begins with `!` is a tag. Put the condition in quotes: when: "!installed".',
  },
  PV1004: { title: 'an unknown YAML tag', explanation: 'The only tag of provision is `!secret NAME`.' },
  PV1005: {
    title: 'YAML cut an expression',
    explanation:
      'In a text without quotes YAML ends at ` #`, `: ` and, inside brackets, at `,` and every bracket. ' +
      'An expression that holds one of them needs quotes around the whole text: "<%= a ? b : c %>".',
  },
  PV1006: { title: 'a tab as indentation', explanation: 'YAML is indented with spaces only.' },
  PV1007: {
    title: 'not the name of a secret',
    explanation:
      '`!secret NAME` stands for the secret of that name in `secrets.age.yml` beside the inventory. Names are made of ' +
      'letters, digits, `.`, `-` and `_`.',
  },
  PV1008: { title: 'a file could not be read', explanation: 'It is missing, not readable, or not UTF-8 text.' },
  PV1009: {
    title: 'an alias that leads nowhere',
    explanation: '`*name` repeats what was marked `&name` above it; `<<: *name` takes over the keys of a map.',
  },
  PV1010: {
    title: 'a Jinja expression',
    explanation: 'Expressions are JavaScript between `<%=` and `%>`, in quotes: "<%= ip %>:22".',
  },
  PV1011: {
    title: 'a text that looks like a Jinja expression',
    explanation:
      'It is taken as the text it is, which is right for the templates of other programs, and seldom what somebody means ' +
      'who comes from Ansible: here expressions are JavaScript between `<%=` and `%>`.',
  },
  PV1012: {
    title: 'a number too long',
    explanation: 'Numbers beyond 2^53 lose digits. Put it in quotes to keep it as text.',
  },
  // 11xx plays and tasks
  PV1101: {
    title: 'the playbook has the wrong shape',
    explanation: 'A playbook is a list of plays, a play has `hosts` and a list of `tasks`, and a task is a map.',
  },
  PV1102: {
    title: 'an unknown keyword',
    explanation: 'Keywords and modules are told apart by the dot: `family.name`.',
  },
  PV1104: { title: 'a keyword is missing', explanation: 'A play needs `hosts`, a prompt needs `name`.' },
  PV1105: { title: 'a keyword of the wrong type or value', explanation: 'The message says what it takes.' },
  PV1106: {
    title: 'not exactly one module in a task',
    explanation: 'A task names one module, `family.name`, with its arguments below it. Two things to do are two tasks.',
  },
  PV1107: {
    title: 'no such handler',
    explanation: '`notify` names a handler of the same play, or what it listens to.',
  },
  PV1108: { title: 'two handlers of one name', explanation: '`notify` could not tell them apart.' },
  PV1109: {
    title: 'handlers notify each other in a circle',
    explanation: 'Each would start the next one for ever.',
  },
  PV1110: {
    title: 'tags around a condition',
    explanation: '`when`, `until`, `changed_when` and `failed_when` are JavaScript expressions without `<%` and `%>`.',
  },
  PV1111: {
    title: 'what is included cannot be told or found',
    explanation:
      'Files that are included or imported are known before the run, so that everything in them is checked: their names ' +
      'take no expressions. They are looked for from the file that names them, then from the folder of the playbook.',
  },
  PV1112: {
    title: 'files include each other in a circle',
    explanation: 'Each would begin the next one for ever.',
  },
  PV1113: {
    title: 'a loop whose item is not clear',
    explanation:
      'Of two loops, one inside the other, each needs a name of its own for its item, with `loop_var` in `loop_control`; ' +
      'without a `loop` nothing is controlled.',
  },
  PV1114: {
    title: 'a role that is not there, or brings others along',
    explanation:
      'A role is a folder below `roles` beside the playbook, or beside the folder of the playbook, with `tasks/main.yml` ' +
      'in it. Roles run in the order in which the play names them; they do not bring other roles along.',
  },
  PV1115: {
    title: 'a handler that is not one task',
    explanation: '`notify` starts tasks one by one; several handlers answer to one name with `listen`.',
  },
  PV1116: {
    title: 'a task that never runs',
    explanation:
      'A warning. No host gets there: what stands before it always fails or ends the play, its `when` is false, or its list ' +
      'is empty. Only what is certain without a run is told.',
  },
  PV1117: {
    title: 'a handler that nothing notifies',
    explanation: 'A warning. A handler runs only where a task of its play, or another handler, names it in `notify`.',
  },
  PV1118: {
    title: 'several tasks of the name to start at',
    explanation: 'A warning. `--start-at-task` begins at the first task of that name.',
  },
  // 12xx modules and their arguments
  PV1201: {
    title: 'there is no such module',
    explanation: "Modules are named `family.name`. `provision doc` lists them; Ansible's names are answered with ours.",
  },
  PV1202: {
    title: 'the arguments of a module are a map',
    explanation: "Arguments are written as `key: value` below the module's name, not as a text beside it.",
  },
  PV1203: { title: 'a required argument is missing', explanation: 'The module cannot work without it.' },
  PV1204: {
    title: 'the module has no such argument',
    explanation: '`provision doc MODULE` lists the arguments of a module.',
  },
  PV1205: {
    title: 'an argument of the wrong type',
    explanation:
      'An expression keeps its type only where it stands alone: "<%= memory %>" is a number when `memory` is one, ' +
      '"<%= memory %>M" is always text.',
  },
  PV1206: {
    title: 'a value that the argument does not take',
    explanation: '`provision doc MODULE` tells what it takes.',
  },
  PV1208: {
    title: 'a text that YAML read as something else',
    explanation:
      'Without quotes, YAML reads 0644 as the number 644, 1.10 as 1.1 and true as a boolean. Where text is wanted, put ' +
      'it in quotes: mode: "0644".',
  },
  PV1209: {
    title: 'a word where true or false is wanted',
    explanation: 'In YAML 1.2 only `true` and `false` are booleans; `yes`, `no`, `on` and `off` are texts.',
  },
  // 20xx inventory
  PV2001: {
    title: 'the inventory has the wrong shape',
    explanation: 'An inventory is a map of groups; a group has the maps `hosts`, `children` and `vars`.',
  },
  PV2002: {
    title: 'an unknown key in a group',
    explanation: 'A group has `hosts`, `children` and `vars`, and nothing else.',
  },
  PV2003: {
    title: 'a name that no host or group can have',
    explanation: 'Names are made of letters, digits, `.`, `-` and `_`; `web[01:20]` stands for twenty hosts.',
  },
  PV2004: {
    title: 'a group contains itself',
    explanation: 'Groups contain groups by `children`, but never in a circle.',
  },
  PV2005: {
    title: 'a host and a group of one name',
    explanation: 'Patterns such as --limit could not tell them apart.',
  },
  PV2006: { title: 'an unknown connection setting', explanation: 'The message lists what `ssh:` may hold.' },
  PV2007: { title: 'a connection setting of the wrong type or value', explanation: 'The message says what it takes.' },
  PV2008: { title: 'no such host or group', explanation: 'A pattern names hosts, groups, or globs such as web*.' },
  PV2010: {
    title: 'an unknown hypervisor',
    explanation: 'The `hypervisor` of a guest is another host of the inventory.',
  },
  PV2011: {
    title: 'a guest without an address',
    explanation:
      'Each guest has a fixed address: its `ip`, or one that is allotted from the `range` of its network under `networks`.',
  },
  PV2012: { title: 'not an IP address', explanation: 'Such as 192.168.101.100, without a prefix length.' },
  PV2013: {
    title: 'not a MAC address that an interface can have',
    explanation: 'Six pairs of hexadecimal digits with colons. The second digit is even: odd ones are multicast.',
  },
  PV2014: {
    title: 'two guests share what only one can have',
    explanation:
      'On one hypervisor each guest has its own MAC, address and forwarded port; in a network that is bridged or public, ' +
      'all guests of all hypervisors have their own MAC and address. No two guests anywhere have one public address.',
  },
  PV2015: {
    title: "a guest would take its hypervisor's SSH port",
    explanation: 'The forwarded port is one at the hypervisor; forwarding its own SSH port would lock you out.',
  },
  PV2016: {
    title: 'a guest in no known network',
    explanation:
      'Where an inventory has `networks`, each guest is in one of them: `network` names it, and may be left out where ' +
      'there is only one or where the `ip` of the guest tells which.',
  },
  PV2017: {
    title: 'a network of the wrong shape',
    explanation:
      'A network has a `kind` and a `subnet`; what else it may have stands in docs/addresses.md. Its addresses are ' +
      'needed before any expression is evaluated, so they are written out.',
  },
  PV2018: {
    title: 'addresses of a network do not fit together',
    explanation:
      'Gateway, range, dynamic range and reserved addresses lie in the subnet; guests and strangers never get the same.',
  },
  PV2019: {
    title: 'two networks overlap',
    explanation: 'An address belongs to one network. Sites that use the same addresses have `networks` of their own.',
  },
  PV2020: {
    title: 'an address that a guest cannot have',
    explanation:
      'It lies outside of its network, or it is the network address, the broadcast address, the gateway, reserved, or ' +
      'one that DHCP hands to strangers.',
  },
  PV2021: {
    title: 'no address is left',
    explanation: 'Every address in the `range` of the network is used or reserved.',
  },
  PV2022: {
    title: 'the recorded addresses cannot be used',
    explanation:
      '`addresses.yml` beside the inventory holds the addresses of guests without an `ip`: a map of networks, each a ' +
      'map of guests and addresses. An entry may be removed at any time; the next run allots a new address.',
  },
  PV2023: {
    title: 'the addresses cannot be recorded',
    explanation:
      'A run that allots addresses writes them into `addresses.yml` beside the inventory before it connects to any ' +
      'host. What cannot be recorded is not used: it might be allotted twice.',
  },
  PV2024: {
    title: 'a pattern that cannot be read',
    explanation:
      'A pattern is made of names, groups, globs (web*), ranges (web[01:20]) and regular expressions (~web\\d+), with `,` ' +
      'or `:` between; `!` before one takes away, `&` keeps what is in both. `web[0]` is the first host of the group `web`, ' +
      '`web[-1]` the last, `web[0:2]` are the first three. `--limit @FILE` takes a list of them from a file.',
  },
  PV2025: {
    title: 'an inventory program failed',
    explanation:
      'A file that may be executed is started with `--list` and prints groups and hosts as one JSON object; without ' +
      '`_meta.hostvars` in it, it is started once more for each host, with `--host NAME`. A JavaScript module gives the ' +
      'same by its default export.',
  },
  PV2026: {
    title: 'a line of an INI inventory that cannot be meant so',
    explanation:
      'Hosts stand below [group], groups below [group:children], variables below [group:vars]. Values are read as Python ' +
      'literals, as Ansible does: True is true, 8080 a number, while yes, true and 0644 are texts.',
  },
  PV2027: {
    title: "a connection variable of Ansible's that is not heeded",
    explanation:
      'Variables called `ansible_…` are read as settings of the connection where there is such a setting; all others are ' +
      'variables like any other, and change nothing. docs/inventory.md lists those that are understood.',
  },
  PV2028: {
    title: 'variables of nobody',
    explanation:
      'A file in `group_vars` or `host_vars` is called as the group or host it is for. One that is called almost as a ' +
      'group or host of the inventory was most likely meant for it.',
  },
  PV2029: {
    title: 'the hypervisor of a guest that stands where it cannot be changed',
    explanation:
      'A move writes the new hypervisor into the inventory, in the place of the old one and nothing else. So it must stand ' +
      'there as a plain name that is for this guest alone: not for a group, a range of hosts, or as an expression.',
  },
  // 21xx variables
  PV2101: {
    title: 'a name that no variable can have',
    explanation:
      'Expressions are JavaScript, so variables are named by letters, digits and `_`, without a digit first, and no word ' +
      'of the language or of provision (`host`, `groups`, `item`, …) can be one.',
  },
  PV2102: {
    title: 'not a variable',
    explanation: 'Variables are given as `-e name=value`, with the value read as YAML, or as `-e @file.yml`.',
  },
  // 22xx secrets
  PV2201: {
    title: 'a secret is missing',
    explanation:
      'The files name a secret that `secrets.age.yml` beside the inventory does not have. Names stand in it in the ' +
      'clear, so this is found before anything is opened. `provision secrets set NAME` adds one.',
  },
  PV2202: {
    title: 'the secrets file cannot be used',
    explanation:
      '`secrets.age.yml` is written by `provision secrets`: recipients, the key of the file encrypted to them, and each ' +
      'secret encrypted to that key. After a merge that went wrong, take one side whole and add the rest anew.',
  },
  PV2203: {
    title: 'there is no identity that opens the secrets',
    explanation:
      'An identity is the private key of a recipient: `--identity FILE`, PROVISION_IDENTITY (the key itself), ' +
      'PROVISION_IDENTITY_FILE, or ~/.config/provision/identity.txt. Somebody whose identity opens the file can add yours.',
  },
  PV2204: {
    title: 'the secrets file was changed by hand',
    explanation:
      'What the file says in the clear is kept once more in what is encrypted, so that nobody can make themselves a ' +
      'recipient, or put one secret in the place of another, by editing it. Look at its history before you go on.',
  },
  PV2205: {
    title: 'not a recipient',
    explanation: 'A recipient is the public key of an age identity: age1... . SSH keys and plugins are not among them.',
  },
  PV2206: {
    title: 'the secrets cannot be edited here',
    explanation:
      'They are edited in memory, in a folder of /dev/shm that nobody else may look into; where that is no memory-backed ' +
      'file system, nothing is written. `provision secrets set NAME` needs no file at all.',
  },
  PV2207: {
    title: 'a text that cannot be a secret',
    explanation: 'Secrets are hidden wherever they would be shown; what is shorter than three characters cannot be.',
  },
  PV2208: {
    title: 'the secrets file cannot be written',
    explanation: 'It is replaced whole, by a file beside it that is complete, or not at all.',
  },
  // 30xx expressions
  PV3001: {
    title: 'a name is not defined',
    explanation:
      'An expression uses a name that is no variable of this host, no name of provision and no function. What is ' +
      "undefined is always an error: ask with `has('a.b')`, or take a default with `get('a.b', default)`.",
  },
  PV3002: {
    title: 'a part of a value is not defined',
    explanation:
      'The name is known, but the value has no such key or item. What is undefined is an error at every depth; ' +
      "ask with `has('a.b')`, or take a default with `get('a.b', default)`.",
  },
  PV3003: {
    title: 'an expression cannot be read',
    explanation:
      'Expressions are JavaScript: in `<%= … %>` inside of texts, bare in `when` and other conditions. The place is ' +
      'where reading stopped; the mistake is there or just before it.',
  },
  PV3004: {
    title: 'an expression uses something that is not allowed',
    explanation:
      'Expressions compute a value from the variables they can see. What reaches further (`this`, `import`, `async`, ' +
      '`include`) or would hide an undefined name (`try`) is refused.',
  },
  PV3005: {
    title: 'a condition is neither true nor false',
    explanation: '`when`, `until`, `changed_when` and `failed_when` must give a boolean; nothing is taken for one.',
  },
  PV3006: {
    title: 'a value is used as text that is no text',
    explanation:
      'A list, a map or null in running text would print something nobody meant. A value that is exactly one ' +
      '`<%= … %>` may be any of them and stays what it is.',
  },
  PV3007: { title: 'an expression failed', explanation: 'JavaScript itself refused what the expression asks for.' },
  PV3008: {
    title: 'an expression does not end',
    explanation: 'An expression has nothing to wait for, so one that runs for seconds is taken for an endless loop.',
  },
  PV3009: {
    title: 'an expression changes a variable',
    explanation:
      'Variables are set where they are defined, or by `set_fact`; expressions only read them. Names of its own, ' +
      'declared with `const` or `let`, an expression may change.',
  },
  PV3010: {
    title: 'variables depend on each other',
    explanation: 'A variable is computed from another one which, in the end, is computed from the first.',
  },
  PV3011: {
    title: 'an expression gives no data',
    explanation: 'The value of an expression is a text, a finite number, a boolean, null, or a list or map of these.',
  },
  PV3012: {
    title: '`<%-` is not allowed',
    explanation: 'It would print a value as it is, whatever that does to the file. `<%=` escapes it for its format.',
  },
  PV3013: {
    title: 'a function was called with something it does not take',
    explanation: 'See the reference for what each function takes.',
  },
  PV3014: {
    title: 'facts that are not known',
    explanation:
      'The facts of a host are read once, before its first task, where something that it runs uses `facts`. Of another ' +
      'host, `hostvars.NAME.facts` is known when that host has been through a play that uses them.',
  },
  // 31xx templates
  PV3101: {
    title: 'a template file is missing',
    explanation:
      'Templates are looked for in `templates` in the folder of the playbook, in `templates` beside that folder, and in ' +
      'the folder itself.',
  },
  PV3102: {
    title: 'a value cannot stand where the template puts it',
    explanation:
      'Each kind of file has values that it cannot take everywhere: a line break in a line-based file or a shell ' +
      'comment would begin a line of its own.',
  },
  PV3103: {
    title: 'a value has a character that the file cannot hold',
    explanation: 'XML has no way to write control characters, and no text file holds a NUL.',
  },
  PV3104: {
    title: 'a template does not make JSON',
    explanation: 'What a `.json.ejs` template gives must be one JSON value.',
  },
  // 40xx connections
  PV4001: {
    title: 'the name of a host cannot be resolved',
    explanation: 'No address is known for the name. Check `ssh.host` in the inventory, or write the address there.',
  },
  PV4002: {
    title: 'a host refuses the connection',
    explanation: 'The machine answers, but nothing listens on that port: sshd is not running, or it uses another port.',
  },
  PV4003: {
    title: 'a host does not answer',
    explanation: 'No answer came in time: the machine is off, a firewall drops the packets, or the address is wrong.',
  },
  PV4004: {
    title: 'a host does not let us log in',
    explanation:
      'Every way to log in was refused. They are tried in this order: the key of `ssh.private_key_file`, the password, ' +
      "the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa and id_rsa. The host's own log says why it refused.",
  },
  PV4005: {
    title: 'the host key has changed',
    explanation:
      'The host shows another key than the one it is known by. Either it was installed anew, or somebody stands in ' +
      'between. Nothing was sent to it.',
  },
  PV4006: {
    title: 'the host key is not known',
    explanation:
      "A host is trusted by its key: one pinned in the inventory's known_hosts or `ssh.host_key`, or one in " +
      '~/.ssh/known_hosts or /etc/ssh/ssh_known_hosts. Compare the fingerprint on the host itself before you accept it.',
  },
  PV4007: {
    title: 'the connection was lost',
    explanation: 'What was going on may or may not have happened. Run again: provision carries on from what is there.',
  },
  PV4008: {
    title: 'a private key cannot be read',
    explanation:
      'The file of `ssh.private_key_file` is missing, not readable, or not a private key that we understand.',
  },
  PV4009: {
    title: 'a private key does not open',
    explanation: 'The key is encrypted, and its passphrase is missing or wrong: `ssh.passphrase`, or the SSH agent.',
  },
  PV4010: {
    title: 'a jump host failed',
    explanation: 'The way to the host leads over others (`ssh.jump`), and one of them could not be passed.',
  },
  PV4011: {
    title: 'no shell can be started on the host',
    explanation:
      'The login shell of the user may be of any kind, noisy too, but it must be able to start `sh`. Accounts that ' +
      'only forward or transfer files cannot be managed.',
  },
  PV4012: {
    title: 'the SSH conversation failed',
    explanation: 'What answers there does not speak SSH, or the two sides have no method in common.',
  },
  PV4013: {
    title: 'the host key is revoked',
    explanation: 'A known_hosts file marks the key that the host shows as @revoked: it must not be trusted.',
  },
  PV4014: {
    title: 'the host opens no further channel',
    explanation: 'The sshd of the host limits the sessions of one connection (MaxSessions, 10 unless it was changed).',
  },
  PV4015: {
    title: 'a jump host is not written as user@host:port',
    explanation: '`ssh.jump` is a comma separated list of [user@]host[:port], the first being the nearest to you.',
  },
  PV4016: {
    title: 'a file of known host keys cannot be used',
    explanation:
      'It is there but cannot be read, or the key of a new guest cannot be pinned in it. No host is talked to whose key ' +
      'cannot be compared.',
  },
  PV4020: {
    title: 'sudo does not take the password',
    explanation: "It wants the password of the user who logs in (`ssh.become_password`, -K), not the other user's.",
  },
  PV4021: {
    title: 'sudo is not installed',
    explanation: 'To act as another user than the one who logs in, sudo is needed on the host.',
  },
  PV4022: {
    title: 'sudo does not allow it',
    explanation: 'The sudoers file of the host does not let this user run a shell as the other one.',
  },
  PV4023: {
    title: 'sudo wants a password',
    explanation: 'Give it in `ssh.become_password`, ask for it with -K, or allow this user NOPASSWD in sudoers.',
  },
  PV4024: {
    title: 'sudo wants a terminal',
    explanation: 'The sudoers file of the host says `requiretty`; a session of provision has no terminal.',
  },
  PV4025: {
    title: 'sudo failed',
    explanation: 'sudo could not start a shell, for a reason that it tells itself.',
  },
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
  PV5009: {
    title: '`until` never held',
    explanation: 'The task was tried once and `retries` times more, and its condition did not become true.',
  },
  PV5010: {
    title: 'a task took too long',
    explanation: 'What it carried out was stopped after its `timeout`. What is done by then stays; a rerun looks anew.',
  },
  PV5011: {
    title: 'the playbook says that this host is to fail',
    explanation: 'The task is a `fail`, which is there to stop a host in a state that nothing can be built upon.',
  },
  PV5012: {
    title: 'a pause that nobody can answer',
    explanation:
      'The task asks something on the terminal, and there is none. With -y every prompt is answered by Enter.',
  },
  PV5013: {
    title: 'handlers are owed since an earlier run',
    explanation:
      'A run failed or was killed after it had notified handlers of a host, or while a step was under way that may have ' +
      'changed something. They are not lost: the next run of this play on the host runs them where the handlers of the ' +
      'play run. What is owed is kept in `.provision/owed`.',
  },
  PV5014: {
    title: 'nobody knows whether a command was carried out',
    explanation:
      'A run was killed, or lost the host, after it had sent a command that has neither `creates` nor `removes` nor ' +
      '`unless`. Nothing on the host tells whether it was done, so it runs again. If it must not run twice, give it one.',
  },
  PV5015: {
    title: 'the run that is resumed went another way',
    explanation:
      'A resumed run walks the plays again with the results of the first. Here a host comes to a task, or to an item of a ' +
      'loop, that it did not come to then, though no file has changed: a condition or a loop depends on the time, on the ' +
      'environment or on what another host does. Nothing is done on the host; run the playbook without `--resume`.',
  },
  PV5020: {
    title: 'a command took too long',
    explanation: 'It did not end within its time and was stopped. Some modules take a `timeout` of their own.',
  },
  PV5021: {
    title: 'a command wrote too much',
    explanation: 'Output is kept whole in memory; a command that writes more than 64 MiB is stopped.',
  },
  PV5022: {
    title: 'a file cannot be looked at',
    explanation:
      'Whether it exists could not be told: no permission, a broken disk, or a tool is missing. That it is absent is ' +
      'only believed where the host says so.',
  },
  PV5023: {
    title: 'a file cannot be written',
    explanation: 'The new content did not get there whole, so the old file was left as it is.',
  },
  PV5024: {
    title: 'the check of a new file failed',
    explanation: 'The command of `validate` refuses the new content, so the old file was left as it is.',
  },
  PV5025: {
    title: 'a checksum differs',
    explanation: 'What arrived is not what the checksum was made of, so it was thrown away.',
  },
  PV5026: {
    title: 'a URL cannot be fetched',
    explanation: 'The machine that provision runs on could not fetch it, after several attempts.',
  },
  PV5027: {
    title: 'a word cannot be passed to a command',
    explanation: 'No argument of a command, and no path, can hold a NUL character.',
  },
  PV5028: {
    title: 'a secret would be seen in the process list',
    explanation:
      'Everybody on a host can read the arguments of every process there. A secret is given to a command by its standard ' +
      'input or in its environment (`stdin`, `environment` of shell.command), or in a file that only it may read.',
  },
  PV5029: {
    title: 'a host does not pass on a socket',
    explanation:
      'A live move goes over UNIX sockets, carried by the SSH connections to both hosts, as `ssh -L` and `ssh -R` do. Where ' +
      'sshd_config says `AllowStreamLocalForwarding no` or `DisableForwarding yes`, or nobody listens, they are not.',
  },
  PV5040: {
    title: 'another run holds the lock of a host',
    explanation:
      'One run at a time changes a host. The lock is /run/provision/lock there; it goes away by itself within 30 ' +
      'seconds when its run is dead.',
  },
  PV5041: {
    title: 'the lock of a host cannot be taken',
    explanation: 'The folder of the lock cannot be made or written on the host.',
  },
  PV5042: {
    title: 'the lock of a host was lost',
    explanation: 'The host heard nothing of this run for 30 seconds and let another one in. This run stops there.',
  },
  // 51xx file, http, shell, apt, systemd, user, ssh, wait, assert
  PV5101: {
    title: 'an assertion does not hold',
    explanation: 'One of the conditions that `assert.that` was given is false, so the host is left as it is.',
  },
  PV5102: {
    title: 'something else is at this path',
    explanation:
      'The task asks for a file, a directory or a link where something of another kind stands, or for a change of a ' +
      'file that is not there. Nothing of another kind is ever replaced, and no link is followed unless `follow: true`.',
  },
  PV5103: {
    title: 'arguments do not go together',
    explanation: 'Each argument is right by itself, but one needs another, or excludes it.',
  },
  PV5104: {
    title: 'a protected path',
    explanation:
      'Directories that the system stands on, and mount points, are not removed, however the path is spelt and ' +
      'whatever links lead there.',
  },
  PV5105: {
    title: 'the directory is not empty',
    explanation: 'A directory with something in it is removed only when the task says `recursive: true`.',
  },
  PV5106: {
    title: 'not a regular expression',
    explanation:
      'Regular expressions are those of JavaScript with the `u` flag: a backslash may only stand before a letter that ' +
      'gives it a meaning, or before a sign that has one.',
  },
  PV5107: {
    title: 'a file is not UTF-8 text',
    explanation:
      'Its lines cannot be edited without damaging the bytes that are not UTF-8; file.content can replace it.',
  },
  PV5108: {
    title: 'what was downloaded is not what its checksum names',
    explanation:
      'The file was fetched whole, from its beginning, and its SHA-256 differs from the one asked for. It was removed ' +
      'again; what was there before is untouched. Either the file behind the URL or the checksum is out of date, or ' +
      'something on the way changes it.',
  },
  PV5109: {
    title: 'the checksum file does not tell the checksum',
    explanation:
      'Entries of a checksum file are compared with the end of the URL, folder by folder. None fits, several fit with ' +
      'different checksums, or the file could not be read.',
  },
  PV5110: {
    title: 'a unit cannot be managed as asked',
    explanation: 'systemd does not know the unit, or the unit is masked or of a kind that cannot do what is asked.',
  },
  PV5111: {
    title: 'waited in vain',
    explanation: 'What the task waits for did not come about within its `timeout`.',
  },
  PV5112: {
    title: 'apt knows no such package',
    explanation:
      'The package lists of the host are fresh and do not name the package. The name may be misspelt, or belong to ' +
      'another release or to a repository that the host does not use.',
  },
  PV5113: {
    title: 'an account cannot be managed as asked',
    explanation:
      'The account or a group it needs is not there, is kept somewhere else than on the host itself, or the host lacks ' +
      'the tool for the change.',
  },
  PV5114: {
    title: 'not a public key',
    explanation:
      'A line of authorized_keys is: options (if any), the type, the key itself, a comment. The key must be whole, and ' +
      'must be of the type that is named before it.',
  },
  PV5115: {
    title: 'a download failed',
    explanation: 'The host could not fetch the file. What had arrived is kept and continued by the next run.',
  },
  // 52xx iptables
  PV5201: {
    title: 'there is no such chain',
    explanation:
      'The table was listed and does not have the chain. Built-in chains belong to certain tables (PREROUTING to nat, ' +
      'mangle and raw, not to filter); other chains must have been made before a rule goes into them.',
  },
  PV5202: {
    title: 'new firewall rules shut us out',
    explanation:
      'With the new rules in place no new login to the host succeeded in time, so the rules of before were put back. ' +
      'A timer on the host does that by itself, also where the run is killed or its connection lost.',
  },
  PV5203: {
    title: "somebody else's rule refuses everything",
    explanation:
      'Rules of others in the built-in chains are left alone and come before the policy. Where one of them refuses ' +
      'whatever reaches it, no rule of the policy is ever asked.',
  },
  PV5204: {
    title: 'a rule that cannot be',
    explanation:
      'Source and destination of a rule belong to one family of addresses, ports need a protocol that has them, 15 of them ' +
      'at most, and a rule of INPUT has no interface by which a packet leaves.',
  },
  PV5205: {
    title: 'an address that cannot be given away',
    explanation:
      'One-to-one NAT takes a whole public address away from the host: all its ports lead to the guest. The address by ' +
      'which the host itself is reached cannot be that one, and no address can lead to two guests.',
  },
  PV5206: {
    title: 'firewalld has no words for a rule',
    explanation:
      'Where firewalld runs, a packet must be accepted by it too, so it is told what the policy accepts. Its rules know ' +
      'addresses, protocols and ports, but no interfaces: a rule that names nothing else would open everything.',
  },
  PV5210: {
    title: 'a port of the host leads elsewhere already',
    explanation:
      'One port of a host can lead to one guest only. Forwards are told apart by guest and name: a forward whose port or ' +
      'target changed replaces itself, but never that of another guest.',
  },
  PV5211: {
    title: 'a port of the host is in use',
    explanation:
      'A forward takes every packet to its port before the programs of the host see it: whatever listens there would be ' +
      'out of reach, the SSH server among them.',
  },
  // 53xx libvirt
  PV5301: {
    title: 'a definition is not well-formed XML',
    explanation: 'What a template gave for libvirt cannot be read as XML, or is not the element that is wanted.',
  },
  PV5302: {
    title: 'a running network differs from its definition',
    explanation:
      'Reservations, ranges, names in DNS and port groups of a running network change without disturbing anybody. Anything ' +
      'else needs a restart, which cuts off the guests on it for some seconds: it is refused unless `restart` allows it.',
  },
  PV5303: {
    title: 'a disk would become smaller than it is',
    explanation: 'A disk too small for what is on it loses data. Disks only ever grow.',
  },
  PV5304: {
    title: 'what is there cannot be turned into what is asked for',
    explanation: 'A pool or volume of this name exists with another path, type or format. It is left alone.',
  },
  PV5305: {
    title: 'libvirt drops part of a definition',
    explanation:
      'libvirt takes the definition but keeps something else. What it drops silently is most often misspelt, or newer than ' +
      'the libvirt of the host. It is asked before anything is defined, and looked at again afterwards.',
  },
  PV5306: {
    title: 'there is another domain of this name',
    explanation: 'A domain that provision did not make, or one with another uuid, is never replaced.',
  },
  PV5307: {
    title: 'the guest would see other hardware after its installation',
    explanation:
      'The definitions for the installer and for the installed guest may differ in kernel, initrd, arguments, media, ' +
      'boot order and serial console only. With other hardware an interface changes its name and the guest comes up deaf.',
  },
  PV5308: {
    title: 'the disk of a guest that does not exist holds data',
    explanation:
      'A disk with data is never wiped because of what a definition says. It may be a disk that `provision move` was ' +
      'bringing when it was cut off: then only that command, given again, does the right thing.',
  },
  PV5309: {
    title: 'the host cannot run this type of domain',
    explanation: '`kvm` needs a processor with virtualisation, switched on, and /dev/kvm; `qemu` emulates everything.',
  },
  PV5310: {
    title: 'a guest and its definition contradict each other',
    explanation: 'What the task says about the guest and what the rendered definition says must agree.',
  },
  PV5311: {
    title: 'a domain does not shut down',
    explanation: 'The domain was asked to shut down, as by its power button, but stayed on.',
  },
  PV5312: {
    title: 'a running guest does not come to its memory',
    explanation:
      'The memory of a running guest changes with the help of its balloon driver. Without one, or with too little to ' +
      'spare, only a restart does it.',
  },
  PV5313: {
    title: 'there is nothing to adopt',
    explanation: 'A guest is adopted from a volume that holds its system. There is no such volume, or it is empty.',
  },
  PV5314: {
    title: 'the disk of a guest cannot be made of its image',
    explanation:
      'The image that a guest is made of is missing on its host, is not in form qcow2, or holds a larger disk than the ' +
      'guest is to have.',
  },
  PV5315: {
    title: 'the host cannot do what a definition asks for',
    explanation:
      'Machine types, emulators, firmware, processors and device models are those of the host: its libvirt and QEMU say ' +
      'what they have (`virsh domcapabilities`), and are asked before anything is defined.',
  },
  PV5316: {
    title: 'a guest is being moved away',
    explanation:
      'What is there of it on its old hypervisor is marked, and no run starts or changes it: the guest on the new one has its ' +
      'addresses and its later data, or will have them. `provision move GUEST --commit` removes what is left, `--rollback` goes back to it.',
  },
  PV5317: {
    title: 'the guest is on another hypervisor',
    explanation:
      'The inventory names a hypervisor that does not have the guest, while another hypervisor of the inventory does. It ' +
      'is not installed a second time. `provision move` brings it over, with its disks.',
  },
  PV5318: {
    title: 'a guest that cannot be moved as it is',
    explanation:
      'Its disks are files, each whole in itself, without snapshots; no device of its old host is its own. Anything else ' +
      'would stay behind.',
  },
  PV5319: {
    title: 'a hypervisor that cannot take the guest',
    explanation:
      'Machine type, emulator, processor, networks, pools, room and ports are looked at before anything is touched, and ' +
      'all that stands against the move is told at once.',
  },
  PV5320: {
    title: 'a copy that is not what it was copied from',
    explanation:
      'The digest of the whole is compared before a copy counts. What is copied already stays: the next try compares it ' +
      'piece by piece and sends only what differs.',
  },
  PV5321: {
    title: 'no such move is under way',
    explanation: '`--commit` and `--rollback` are for a guest that was moved, or half moved, and not yet committed.',
  },
  PV5322: {
    title: 'a guest that cannot be moved while it runs',
    explanation:
      'More must agree between two hosts than for a guest that is shut down: the processor as the guest sees it, the ages of ' +
      'QEMU and libvirt, sockets that SSH carries. `provision move GUEST --to HOST --cold` does without.',
  },
  PV5323: {
    title: 'a live move did not come to its end',
    explanation:
      'The guest goes on where it was; what had come to the new hypervisor is removed. Nothing of it is lost, and the ' +
      'same command tries again.',
  },
  PV5324: {
    title: 'it is not certain where a guest is to go on',
    explanation:
      'A live move was cut off at its last moment, and the hosts do not tell which of the two has the later state. Nothing is ' +
      'started or removed before a person has looked.',
  },
  PV5325: {
    title: 'an installed guest would get another firmware',
    explanation:
      'An installer writes what UEFI or BIOS starts, by which of the two it sees. With the other one the system is not found: ' +
      'the guest would go on until its next start, and then stand still. Its definition is left as it is.',
  },
  // 54xx installers
  PV5401: {
    title: 'the installer stopped',
    explanation: 'The installer shows an error or asks a question that its seed does not answer, and waits for good.',
  },
  PV5402: {
    title: 'the installer does not get on',
    explanation: 'Nothing new was seen on the serial console for as long as `stall` says, or all of it took too long.',
  },
  PV5403: {
    title: 'the installer was cut off',
    explanation: 'The machine went off or was paused before the installer had done its last work.',
  },
  PV5404: {
    title: "the installer's kernel crashed",
    explanation: 'Most often the initrd is not the one of this kernel, or the guest has too little memory for it.',
  },
  PV5405: {
    title: 'the guest does not answer',
    explanation: 'The guest was started from its disk, but its SSH server did not answer in time.',
  },
  PV5406: {
    title: 'another machine answers in place of the guest',
    explanation: 'The host key that answers at the address of the guest is not the one its installer printed.',
  },
  PV5407: {
    title: 'the installer ran out of memory',
    explanation:
      'The kernel of the installer had no memory left and ended programs, or could not unpack its initrd. What goes on ' +
      'from there is no installation to rely on.',
  },
  PV5408: {
    title: 'a machine finds no system to start',
    explanation:
      'Firmware, boot loader or initrd of the guest did not find its disk, its root file system or its installation source, ' +
      'and wait for somebody.',
  },
  // 55xx DHCP servers
  PV5501: {
    title: 'the DHCP server refuses its new configuration',
    explanation:
      'The server itself reads a new configuration before it is put in place. It refused this one, so nothing was ' +
      'changed and the server goes on with the old one. The message is its own.',
  },
  PV5502: {
    title: 'the DHCP server does not come up',
    explanation:
      'The configuration reads well, but the service did not start with it or listens on no interface. What was there ' +
      'before has been put back. Often an interface has no address in any of the subnets, or does not exist yet.',
  },
  PV5503: {
    title: 'there is no DHCP server on the host',
    explanation: 'systemd knows no such service there. The package has to be installed before it can be configured.',
  },
  PV5504: {
    title: 'a DHCP server would listen elsewhere than the task says',
    explanation: 'Kea reads its interfaces from its configuration, so the template and `interfaces` must agree.',
  },
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
  // 57xx undo
  PV5701: {
    title: 'the journal holds what nobody understands',
    explanation:
      'It was written by another version of provision, or by hand. `provision undo` puts back what this version can; ' +
      '`provision runs show RUN` shows what the run did.',
  },
  PV5702: {
    title: 'something cannot be put back as it was',
    explanation:
      'What a run changed is put back only while it is as the run left it, and where the journal holds how it was before. ' +
      'Between the plan of `provision undo` and its work, somebody else has changed it: see what it is now, and begin anew.',
  },
  // 90xx mistakes of ours
  PV9001: {
    title: 'provision itself made a mistake',
    explanation: 'This is a defect of provision. Please report it with the command, the playbook and the whole output.',
  },
} as const satisfies Record<`PV${number}`, CodeEntry>;

export type Code = keyof typeof codes;
