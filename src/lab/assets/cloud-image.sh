#!/bin/bash
# Makes a cloud image of Debian 13 from Debian's packages: systemd, OpenSSH and cloud-init as they are packaged, on one
# partition that grows with its disk. It holds no more than that, because under software emulation each unit costs a second.
#   cloud-image.sh OUTDIR MIRROR            (through $http_proxy if set)
# OUTDIR/debian-13.qcow2 is the image, OUTDIR/SHA256SUMS proves it.
set -euo pipefail
out=${1:?} mirror=${2:?}
export LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/tmp}/cloud-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
chmod 755 "$work"

# The initrd has what finds a virtio disk with ext4, and no more.
mkdir -p "$work/initramfs"
printf 'MODULES=list\nCOMPRESS=lz4\n' >"$work/initramfs/image"
printf 'virtio_blk\nvirtio_pci\next4\n' >"$work/initramfs/modules"

packages=systemd-sysv,udev,dbus,libpam-systemd,ca-certificates,iproute2,openssh-server,sudo,cloud-init
packages+=,cloud-guest-utils,initramfs-tools,lz4,linux-image-cloud-amd64,e2fsprogs
mmdebstrap --quiet --variant=minbase --mode=root --include="$packages" --skip=check/empty \
  --aptopt='APT::Install-Recommends "false"' ${http_proxy:+--aptopt="Acquire::http::Proxy \"$http_proxy\""} \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
  --essential-hook="copy-in $work/initramfs/image /etc/initramfs-tools/conf.d" \
  --essential-hook="copy-in $work/initramfs/modules /etc/initramfs-tools" \
  trixie "$root" "$mirror"

# What each guest must have of its own is made at its first boot.
rm -f "$root"/etc/ssh/ssh_host_*_key{,.pub} "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/log/cloud-init"*
: >"$root/etc/machine-id"
chroot "$root" systemctl -q enable systemd-networkd.service
# Drivers of hardware that no guest of a lab has: to try them all takes as long as the rest of the boot.
version=$(basename "$root"/usr/lib/modules/*)
for module in virtio_blk virtio_net virtio_rng virtio_console virtio_balloon ext4 isofs qemu_fw_cfg button evdev; do
  chroot "$root" modprobe --set-version "$version" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u >"$work/wanted"
(cd "$root" && find "usr/lib/modules/$version/kernel" -name '*.ko*' | sed 's|^usr||' | sort |
  comm -23 - "$work/wanted" | sed 's|^|usr|' | xargs rm)
chroot "$root" depmod "$version"
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer systemd-pstore.service getty@tty1.service; do
  rm -f "$root"/etc/systemd/system/*.wants/"$unit"
done
printf '/dev/vda1 / ext4 defaults 0 1\n' >"$root/etc/fstab"
mkdir -p "$root/boot/grub"
# Under emulation the kernel's test of its timer can fail for lack of time, and then the boot never ends. QEMU 7.2 emulates
# cmpxchg16b with wrong flags at times, over which the kernel's allocator falls: it is told to do without.
cat >"$root/boot/grub/grub.cfg" <<'CONF'
linux /vmlinuz root=/dev/vda1 ro console=ttyS0 no_timer_check clearcpuid=cx16 net.ifnames=0
initrd /initrd.img
boot
CONF

# One partition behind the boot loader, which lies in the first MiB.
image=$work/image.raw
truncate -s 900M "$image"
mke2fs -q -F -t ext4 -L root -E offset=1048576,lazy_itable_init=1,nodiscard -d "$root" "$image" $((899 * 1024))k
printf 'label: dos\n2048,,L,*\n' | sfdisk -q "$image"
grub=/usr/lib/grub/i386-pc
printf 'configfile (hd0,msdos1)/boot/grub/grub.cfg\n' >"$work/early.cfg"
grub-mkimage -O i386-pc -c "$work/early.cfg" -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" \
  biosdisk part_msdos ext2 normal configfile linux
dd if="$grub/boot.img" of="$image" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none

mkdir -p "$out"
qemu-img convert -O qcow2 -c "$image" "$out/debian-13.qcow2"
(cd "$out" && sha256sum debian-13.qcow2 >SHA256SUMS)
