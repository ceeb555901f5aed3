#!/bin/bash
# Makes OUTDIR the root file system that every host of a lab starts from: a bootable Debian with libvirt.
#   base.sh OUTDIR SUITE MIRROR          (through $http_proxy if set)
# OUTDIR must be empty or absent.
set -euo pipefail
root=${1:?} suite=${2:?} mirror=${3:?}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
unset TMPDIR

# libvirt cannot come in this first pass: polkitd, which it needs, wants a configured logind.
debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libpam-systemd,ca-certificates \
  "$suite" "$root" "$mirror"

cat >"$root/etc/apt/apt.conf.d/10lab" <<'CONF'
APT::Install-Recommends "false";
Acquire::Languages "none";
Dpkg::Use-Pty "0";
CONF
cat >"$root/usr/sbin/policy-rc.d" <<'POLICY'
#!/bin/sh
exit 101
POLICY
chmod 755 "$root/usr/sbin/policy-rc.d"
trap 'umount "$root/proc" "$root/dev" 2>/dev/null || true' EXIT
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
inside() { chroot "$root" "$@"; }
inside apt-get -qq update
inside apt-get -qq -y install openssh-server openssh-client iproute2 iptables libvirt-daemon-system \
  libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils ovmf isc-dhcp-server dnsmasq-base procps kmod \
  udev sudo iputils-ping curl netcat-openbsd
# Debian 13 has it from the start, and with it libvirt keeps its rules elsewhere.
if [ "$suite" = trixie ]; then inside apt-get -qq -y install nftables; fi
inside apt-get clean
# Without a configuration it fails at each boot, after two seconds of waiting.
inside systemctl -q disable isc-dhcp-server.service
umount "$root/proc" "$root/dev"
trap - EXIT
rm -f "$root/usr/sbin/policy-rc.d"

# What each host must have of its own comes from its own layer, or is made at its first boot.
rm -f "$root"/etc/ssh/ssh_host_*_key{,.pub} "$root/etc/hostname" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"

# Software emulation in a namespace: no cgroups, private mounts or security driver to be had.
cat >>"$root/etc/libvirt/qemu.conf" <<'CONF'

# provision's lab: a host in a namespace
cgroup_controllers = []
namespaces = []
security_driver = "none"
user = "root"
group = "root"
CONF

# A host has no disks, clock or devices to wait for; these only cost time at boot.
for unit in systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer systemd-pstore.service getty@tty1.service; do
  rm -f "$root"/etc/systemd/system/*.wants/"$unit"
done
