import { loadFunction } from './firewall-load.ts';

/** Where the rules that must stay are kept: a file for each module and family of addresses. */
export const fragmentFolder = '/etc/provision/firewall';

const loaderPath = '/usr/local/sbin/provision-firewall';
export const unitName = 'provision-firewall.service';
export const watchName = 'provision-firewalld.service';

/** Puts every kept rule where it belongs, whatever is left of it; made to be read by whoever meets it on the host. */
const loader = `#!/bin/sh
# Loads the firewall rules that provision keeps in ${fragmentFolder}: at boot, after libvirt, after nftables.
#   provision-firewall load      all of them; loading again changes nothing
#   provision-firewall settle    again and again for some seconds: firewalld and libvirt push each other away at first
#   provision-firewall watch     again whenever firewalld has started or reloaded: it flushes everybody's rules
#   provision-firewall hold      puts public addresses back on their interface whenever something has taken them off
# NAME.v4 and NAME.v6: chains of provision's own and the jumps to them, as iptables-save writes them.
# NAME.nft: rules for the table in which libvirt keeps its own where it uses nftables; elsewhere it does not count.
${loadFunction}

# Jumps that are there now are taken out in the transaction that adds them on top.
load_nft() {
  tables=$(nft list tables 2>/dev/null) || return 0
  for family in ip ip6; do
    case $tables in *"table $family libvirt_network"*) ;; *) continue ;; esac
    rules=$(grep " $family libvirt_network " "$1") || continue
    listing=$(nft -a list table "$family" libvirt_network) || return
    printf '%s\\n' "$rules" "$listing" | awk -v table="$family libvirt_network" '
      $1 == "add" && $2 == "chain" { ours[$5] }
      $1 == "chain" { chain = $2 }
      $1 == "jump" && ($2 in ours) { print "delete rule", table, chain, "handle", $NF }
      $1 == "add" || $1 == "flush" || $1 == "insert" { print }' | nft -f - || return
  done
}

# One at a time: two that do not see each other's jumps would both add them.
load_all() (
  exec 9>/run/provision-firewall.lock && flock 9
  status=0
  for file in ${fragmentFolder}/*; do
    case $file in
      *.v4) load 4 <"$file" ;;
      *.v6) load 6 <"$file" ;;
      *.nft) load_nft "$file" ;;
    esac || { echo "$file could not be loaded" >&2; status=1; }
  done
  exit $status
)

# firewalld says that it is there before it flushes; libvirt then puts its rules back ahead of all others.
settle() {
  for seconds in 0 1 3; do sleep $seconds; load_all; done
}

watch() {
  settle
  dbus-monitor --system --profile "interface='org.fedoraproject.FirewallD1',member='Reloaded'" | while read -r line; do
    case $line in *Reloaded*) settle ;; esac
  done
}

put_addresses() {
  sed -n 's/^#address //p' ${fragmentFolder}/* | while read -r address name; do
    ip -o addr show dev "$name" to "$address" | grep -q . || ip addr add "$address" dev "$name"
  done
}

# What happens before it listens is put right a moment later.
hold() {
  ip -o monitor address | { sleep 1; put_addresses; while read -r line; do put_addresses; done; }
}

case \${1-} in
  load) load_all ;;
  settle) settle ;;
  watch) watch ;;
  hold) hold ;;
  *) sed -n '2,8s/^# *//p' "$0"; exit 64 ;;
esac
`;

/** It does not stay active, so that each start of libvirt runs it again. */
const unit = `# Written by provision.
[Unit]
Description=Firewall rules kept by provision
ConditionPathExists=${loaderPath}
After=nftables.service netfilter-persistent.service ufw.service firewalld.service docker.service
After=libvirtd.service virtnetworkd.service
# A load under way when libvirt restarts came too early: it begins again.
PartOf=libvirtd.service virtnetworkd.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
# libvirt says that it is ready before it has put its own rules in place; it answers once it has.
ExecStartPre=-/bin/sh -c 'systemctl -q is-active libvirtd virtnetworkd && timeout 30 virsh -q -c network:///system net-list'
ExecStart=${loaderPath} load

[Install]
WantedBy=multi-user.target libvirtd.service virtnetworkd.service
`;

/** libvirt waits for it, and takes a failure for a reason not to start the network. */
const hook = `#!/bin/sh
# Written by provision: when a network starts, libvirt's rules for it must not come before those of ${fragmentFolder}.
[ "$2" != started ] || ${loaderPath} load || logger -t provision-firewall "network $1: not all rules could be loaded"
exit 0
`;

const reload = `# Written by provision: /etc/nftables.conf begins by flushing everybody's rules, those of libvirt too.
[Service]
ExecStartPost=-${loaderPath} load
ExecStartPost=-/bin/systemctl --no-block try-restart libvirtd.service virtnetworkd.service
ExecReload=-${loaderPath} load
ExecReload=-/bin/systemctl --no-block try-restart libvirtd.service virtnetworkd.service
`;

const watch = `# Written by provision.
[Unit]
Description=Loads the firewall rules kept by provision whenever firewalld has started or reloaded
PartOf=firewalld.service
After=firewalld.service

[Service]
ExecStart=${loaderPath} watch
Restart=on-failure

[Install]
WantedBy=firewalld.service
`;

export interface HostFile {
  readonly path: string;
  readonly text: string;
  readonly mode: string;
  /** What it is for, as a step says it. */
  readonly what: string;
}

export const loaderFile: HostFile = {
  path: loaderPath,
  text: loader,
  mode: '0755',
  what: 'the script that loads them',
};
export const hookFile: HostFile = {
  path: '/etc/libvirt/hooks/network.d/provision',
  text: hook,
  mode: '0755',
  what: 'the hook by which libvirt loads them behind its own',
};
export const unitFile: HostFile = {
  path: `/etc/systemd/system/${unitName}`,
  text: unit,
  mode: '0644',
  what: 'the unit that loads them at boot',
};
export const reloadFile: HostFile = {
  path: '/etc/systemd/system/nftables.service.d/provision.conf',
  text: reload,
  mode: '0644',
  what: 'what loads them after nftables',
};
export const watchFile: HostFile = {
  path: `/etc/systemd/system/${watchName}`,
  text: watch,
  mode: '0644',
  what: 'the unit that loads them after firewalld',
};
