#!/bin/bash
# Makes the installer of the mini guest: a small Linux of Debian packages that lives the life of a real guest
# (installer, seed, log, disk, boot loader, ssh) in half a minute.
#   build.sh OUTDIR MIRROR                 (through $http_proxy if set)
# OUTDIR/linux and OUTDIR/initrd.gz boot the installer; OUTDIR/SHA256SUMS proves them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?} mirror=${2:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/mini-guest.XXXXXX")
trap 'rm -rf "$work"' EXIT
source "$here/../private-apt.sh"

# Found by path, with the libraries they want; everything else is busybox.
programs=(/usr/sbin/sshd /usr/bin/ssh-keygen /usr/lib/openssh/sftp-server /bin/dash /usr/bin/sudo
  /usr/libexec/sudo/sudoers.so /lib/x86_64-linux-gnu/security/pam_{unix,permit,deny}.so /usr/sbin/qemu-ga
  /usr/bin/extlinux /sbin/mke2fs)
# In the order in which they load: first what a disk and a network need, then the rest.
boot_modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk failover net_failover virtio_net'
late_modules='button evdev virtio_console virtio-rng virtio_balloon efivarfs'

fetch_packages() {
  private_apt "$work/apt" bookworm "$mirror"
  "${apt[@]}" --download-only -y install base-files busybox-static openssh-server openssh-sftp-server sudo qemu-guest-agent \
    extlinux syslinux-common e2fsprogs libpam-modules dash grub-common grub-efi-amd64-bin mtools
  local kernel
  kernel=$("${apt[0]/get/cache}" "${apt[@]:2}" depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: //p' | head -n 1)
  (cd "$work" && "${apt[@]}" download "$kernel")
  # Merged /usr from the start, or a package that ships /lib would make a folder of it.
  mkdir -p "$packages"/usr/{bin,sbin,lib,lib64}
  merge_usr "$packages"
  local deb
  for deb in "$work"/apt/cache/archives/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$packages"; done
  dpkg-deb -x "$work"/linux-image-*.deb "$work/kernel"
}

merge_usr() {
  local folder
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$1/$folder"; done
}

copy_program() { # with the same path, followed by its libraries
  local from=$packages$1 to=$tree/usr${1#/usr} library
  mkdir -p "${to%/*}"
  rm -f "$to"
  cp -L "$from" "$to"
  # Some modules of PAM want no library at all.
  { chroot "$packages" /lib64/ld-linux-x86-64.so.2 --list "$1" | grep -o '/[^ ]*\.so[^ ]*' || true; } | while read -r library; do
    to=$tree/usr${library#/usr}
    mkdir -p "${to%/*}"
    [[ -e $to ]] || cp -L "$packages$library" "$to"
  done
}

make_tree() {
  local program applet
  mkdir -p "$tree"/usr/{bin,sbin,lib,lib64} "$tree"/{dev,proc,sys,run,tmp,root,home,mnt,boot,etc/sudoers.d,var/log,var/lib}
  merge_usr "$tree"
  ln -s ../run "$tree/var/run"
  cp "$packages/bin/busybox" "$tree/usr/bin/"
  for applet in $("$packages/bin/busybox" --list-full); do
    mkdir -p "$tree/usr/${applet%/*}"
    # busybox lists what Debian has in /sbin and /usr/sbin as such; merged, both are one folder.
    applet=${applet#usr/}
    [[ -e $tree/usr/$applet ]] || ln -s "/usr/bin/busybox" "$tree/usr/$applet"
  done
  for program in "${programs[@]}"; do copy_program "$program"; done
  ln -sf dash "$tree/usr/bin/sh"
  cp "$packages/usr/libexec/sudo/sudo_noexec.so" "$tree/usr/libexec/sudo/"
  mkdir -p "$tree/usr/lib/EXTLINUX"
  cp "$packages"/usr/lib/syslinux/{mbr/mbr.bin,modules/bios/ldlinux.c32} "$tree/usr/lib/EXTLINUX/"
  cp -r "$here/rootfs/." "$tree/"
  cp "$packages"/usr/lib/os-release "$tree/etc/"
  cp "$packages/etc/debian_version" "$tree/etc/"
  chmod 1777 "$tree/tmp"
  chmod 700 "$tree/root"
  chmod 4755 "$tree/usr/bin/sudo"
  chmod 440 "$tree/etc/sudoers"
  chmod 640 "$tree/etc/shadow"
}

copy_modules() {
  local from=$work/kernel/lib/modules/$release into=$tree/usr/lib/modules/$release name path
  mkdir -p "$into"
  for name in $boot_modules $late_modules rng-core; do
    path=$(cd "$from" && find . -name "$name.ko" | head -n 1)
    [[ -n $path ]] || continue # built in
    mkdir -p "$into/${path%/*}"
    strip -g -o "$into/$path" "$from/$path"
  done
  cp "$from"/modules.{order,builtin,builtin.modinfo} "$into/"
  depmod -b "$tree" "$release"
  echo "$boot_modules" >"$tree/etc/boot-modules"
  echo "$late_modules" >"$tree/etc/late-modules"
}

make_efi_partition() { # where UEFI looks for a boot loader: 720 KiB of FAT with GRUB, which finds the system by its configuration
  printf 'search.file /boot/grub/grub.cfg root\nconfigfile /boot/grub/grub.cfg\n' >"$packages/early.cfg"
  chroot "$packages" /bin/sh -ec '
    grub-mkimage -O x86_64-efi -c early.cfg -p /boot/grub -o bootx64.efi part_msdos ext2 fat normal configfile linux search_fs_file
    mformat -C -f 720 -N 0 -i efi.img ::
    mmd -i efi.img ::/EFI ::/EFI/BOOT
    mcopy -i efi.img bootx64.efi ::/EFI/BOOT/BOOTX64.EFI'
  cp "$packages/efi.img" "$tree/usr/lib/efi.img"
}

archive() { (cd "$1" && find . -print0 | cpio -0 -o -H newc -R 0:0 --quiet); }

make_disk_initrd() { # what the installed system boots with: busybox and the way to its disk
  local folder=$work/disk-initrd number=10 name
  mkdir -p "$folder"/{bin,dev,proc,mnt,modules}
  cp "$packages/bin/busybox" "$folder/bin/"
  for name in $boot_modules; do
    cp "$(find "$tree/usr/lib/modules" -name "$name.ko")" "$folder/modules/$number-$name.ko"
    number=$((number + 1))
  done
  install -m 755 "$here/disk-init.sh" "$folder/init"
  archive "$folder" >"$tree/boot/initrd.img"
}

packages=$work/packages tree=$work/tree
fetch_packages
release=$(ls "$work/kernel/lib/modules")
make_tree
copy_modules
cp "$work/kernel/boot/vmlinuz-$release" "$tree/boot/vmlinuz"
make_disk_initrd
make_efi_partition
install -m 755 "$here/installer-init.sh" "$tree/init"
mkdir -p "$out"
archive "$tree" | gzip -1 >"$out/initrd.gz"
cp "$tree/boot/vmlinuz" "$out/linux"
(cd "$out" && sha256sum ./linux ./initrd.gz >SHA256SUMS)
