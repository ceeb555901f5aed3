/** Our module for what Ansible calls otherwise. */
const modulesOfAnsible: Readonly<Record<string, string>> = {
  apt: 'apt.package',
  package: 'apt.package',
  assert: 'assert.that',
  authorized_key: 'ssh.authorized_key',
  blockinfile: 'file.line',
  command: 'shell.command',
  copy: 'file.content',
  file: 'file.directory',
  get_url: 'http.download',
  iptables: 'iptables.rule',
  lineinfile: 'file.line',
  raw: 'shell.command',
  replace: 'file.line',
  script: 'shell.command',
  service: 'systemd.service',
  shell: 'shell.command',
  systemd: 'systemd.service',
  systemd_service: 'systemd.service',
  template: 'file.template',
  uri: 'http.download',
  user: 'user.account',
  virt: 'libvirt.domain',
  virt_net: 'libvirt.network',
  virt_pool: 'libvirt.pool',
  virt_volume: 'libvirt.volume',
  wait_for: 'wait.for',
  wait_for_connection: 'wait.for',
};

/** `community.libvirt.virt` and `virt` are one. */
export function moduleForAnsible(name: string): string | undefined {
  const short = /^(?:ansible|community|amazon|kubernetes)\.\w+\.(\w+)$/.exec(name)?.[1] ?? name;
  return Object.hasOwn(modulesOfAnsible, short) ? modulesOfAnsible[short] : undefined;
}

const later = 'it will come; until then';

/** Keywords that are planned, and what to do meanwhile. */
export const keywordsToCome: Readonly<Record<string, string>> = {
  block: `${later} write its tasks one below the other, each with its own \`when\``,
  rescue: `${later} use \`ignore_errors\` and \`register\``,
  always: `${later} write its tasks one below the other`,
  include: `${later} write the tasks here`,
  import_playbook: `${later} name several playbooks: provision FIRST SECOND`,
  serial: `${later} run with --limit for some hosts at a time`,
  environment: `${later} set the variables in the command: env NAME=value …`,
  debug: `${later} run with -v, which shows what \`register\` took`,
  fail: `${later} use \`assert.that\``,
  pause: `${later} use \`wait.for\``,
  set_fact: `${later} use \`vars\``,
  meta: `${later} handlers run at the end of the play`,
  add_host: `${later} write the host into the inventory`,
  group_by: `${later} write the group into the inventory`,
};

/** Ansible's keywords that are no keywords here, and what stands in their place. */
export const keywordsOfAnsible: Readonly<Record<string, string>> = {
  any_errors_fatal: 'leave it out: a failure ends the run of its own host',
  args: "write the module's arguments below the module",
  async: 'leave it out: long commands never block other hosts',
  become_method: 'leave it out: it is sudo',
  check_mode: 'leave it out: --check is for the whole run',
  connection: 'write it into the inventory: ssh: { connection: local }',
  gather_facts: 'leave it out: nothing is gathered in advance',
  import_role: 'write the tasks here',
  import_tasks: 'write the tasks here',
  include_role: 'write the tasks here',
  include_tasks: 'write the tasks here',
  include_vars: 'put the variables into `vars`, or into group_vars/',
  local_action: 'use `delegate_to`',
  loop_control: 'leave it out: the item is `item`',
  poll: 'leave it out',
  post_tasks: 'put them at the end of `tasks`',
  pre_tasks: 'put them at the beginning of `tasks`',
  remote_user: 'write it into the inventory: ssh: { user: … }',
  roles: 'write the tasks here',
  strategy: 'leave it out: hosts never wait for each other between tasks',
  sudo: 'use `become`',
  vars_files: 'put the variables into `vars`, or into group_vars/',
  with_dict: 'use `loop` with an expression: "<%= Object.entries(…) %>"',
  with_items: 'use `loop`',
  with_list: 'use `loop`',
  with_sequence: 'use `loop` with a list',
};
