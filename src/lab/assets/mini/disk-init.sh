#!/bin/busybox sh
# First process of the installed mini guest: finds the disk and goes on from it.
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
for module in /modules/*; do /bin/busybox insmod "$module"; done
read -r arguments </proc/cmdline
root=/dev/vda1
for argument in $arguments; do
  case $argument in root=*) root=${argument#root=} ;; esac
done
tries=0
while [ ! -b "$root" ] && [ $tries -lt 50 ]; do
  /bin/busybox usleep 100000
  tries=$((tries + 1))
done
/bin/busybox mount -t ext4 -o rw "$root" /mnt || exec /bin/busybox sh
/bin/busybox mount -o move /dev /mnt/dev
/bin/busybox umount /proc
exec /bin/busybox switch_root /mnt /sbin/init
