#!/bin/bash
# Makes Debian 13's network installer with those installer packages inside that some mirrors lack (the modules of the
# kernel, e2fsprogs and others). Only a lab needs that; a full mirror has them.
#   debian13-installer.sh OUTDIR MIRROR    (through $http_proxy if set)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?} mirror=${2:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/debian13.XXXXXX")
trap 'rm -rf "$work"' EXIT
source "$here/private-apt.sh"

# Installer packages whose content comes from these Debian packages instead.
replaced='e2fsprogs-udeb liblzo2-2-udeb libmount1-udeb ntfs-3g-udeb xfsprogs-udeb'
replacements=(e2fsprogs libext2fs2t64 libcom-err2 libss2 liblzo2-2 libmount1)
# What a guest can meet; adapters of real machines only cost memory.
module_folders=(drivers/ata drivers/block drivers/cdrom drivers/scsi drivers/md drivers/virtio drivers/char/hw_random
  fs/ext4 fs/jbd2 fs/mbcache.ko.xz fs/isofs fs/fat fs/xfs fs/btrfs lib crypto)

fetch() {
  mkdir -p "$work"/{debs,netboot,kernel,extra,initrd}
  private_apt "$work/apt" trixie "$mirror"
  cd "$work/debs"
  "${apt[@]}" download debian-installer-13-netboot-amd64
  dpkg -x debian-installer-13-netboot-amd64_*.deb ../netboot
  images=$(dirname "$(find "$work/netboot" -path '*/text/*' -name linux | head -n 1)")
  (cd "$work/initrd" && zcat "$images/initrd.gz" | cpio -id --quiet --no-absolute-filenames)
  kernel=$(ls "$work/initrd/usr/lib/modules")
  "${apt[@]}" download "linux-image-$kernel" "${replacements[@]}"
  dpkg -x linux-image-*.deb ../kernel
  local name
  for name in "${replacements[@]}"; do dpkg -x "$name"_*.deb ../extra; done
}

add_programs() {
  rm -rf "$work"/extra/{etc,var,usr/share,usr/libexec,usr/lib/systemd,usr/lib/udev}
  cp -a "$work/extra/usr/." "$work/initrd/usr/"
}

add_modules() {
  local from=$work/kernel/usr/lib/modules/$kernel into=$work/initrd/usr/lib/modules/$kernel part
  for part in "${module_folders[@]}"; do
    [[ -e $from/kernel/$part ]] || continue
    mkdir -p "$into/kernel/$(dirname "$part")"
    cp -a "$from/kernel/$part" "$into/kernel/$(dirname "$part")/"
  done
  find "$into/kernel/drivers/scsi" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
  cp -a "$from"/modules.{order,builtin,builtin.modinfo} "$into/"
  depmod -b "$work/initrd" "$kernel"
}

# Tells the installer that these packages are there, so that it does not ask the mirror for them.
claim_packages() {
  local status=$work/initrd/var/lib/dpkg/status
  curl -fsS "$mirror/dists/trixie/main/debian-installer/binary-amd64/Packages.xz" | xz -dc |
    awk -v kernel="$kernel" -v replaced="$replaced" -v present="$(sed -n 's/^Package: //p' "$status" | tr '\n' ' ')" '
      BEGIN {
        RS = ""; FS = "\n"
        split(present, names, " "); for (i in names) held[names[i]] = 1
        split(replaced, names, " "); for (i in names) wanted[names[i]] = 1
      }
      {
        name = version = provides = modules = ""
        for (i = 1; i <= NF; i++) {
          if ($i ~ /^Package: /) name = substr($i, 10)
          if ($i ~ /^Version: /) version = substr($i, 10)
          if ($i ~ /^Provides: /) provides = $i "\n"
          if ($i ~ /^Kernel-Version: /) modules = substr($i, 17)
        }
        if (!(name in held) && (name in wanted || modules == kernel)) {
          held[name] = 1
          printf "Package: %s\nStatus: install ok unpacked\nVersion: %s\n%sDescription: already in this initrd\n\n", name, version, provides
        }
      }' >"$work/claimed"
  cat "$work/claimed" >>"$status"
}

fetch
add_programs
add_modules
claim_packages
mkdir -p "$out"
(cd "$work/initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initrd.gz"
cp "$images/linux" "$out/linux"
cd "$out"
sha256sum ./linux ./initrd.gz >SHA256SUMS
