#!/bin/sh
# First process of the mini guest's installer. It lives the life of Debian's installer with a preseed: same keys,
# same phases on the console, same ends.
export PATH=/usr/sbin:/usr/bin HOME=/root DEBIAN_FRONTEND=text
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
exec </dev/console >/dev/console 2>&1

# A question that stops the installation, as the text front end shows it.
ask() {
  printf '\n%s\n-----\n\n%s\n\n  1: Go Back       2: Continue\nPrompt: '"'?'"' for help, default=1> ' "$1" "$2"
  while :; do sleep 3600; done
}

phase() { printf '%s  ...' "$1"; }
percent() { printf ' %s%%...' "$1"; }
phase_end() { printf ' 100%%\n'; }

# Value of a key of the seed, with continued lines joined; the last one counts.
seed() {
  sed -e :a -e '/\\$/N' -e 's/\\\n//' -e ta /tmp/preseed |
    sed -n 's/^[[:space:]]*[^#[:space:]]*[[:space:]]\{1,\}'"$(echo "$1" | sed 's,/,\\/,g')"'[[:space:]]\{1,\}[a-z]*[[:space:]]*//p' |
    tail -n 1
}

read_arguments() {
  url='' hostname='' carried='' after='' mishap=''
  read -r arguments </proc/cmdline
  for argument in $arguments; do
    if [ -n "$after" ]; then
      carried="$carried $argument"
      continue
    fi
    case $argument in
      ---) after=yes ;;
      url=* | preseed/url=*) url=${argument#*url=} ;;
      hostname=* | netcfg/get_hostname=*) hostname=${argument#*=} ;;
      mishap=*) mishap=${argument#*=} ;;
    esac
  done
}

configure_network() {
  phase 'Detecting network hardware'
  for module in $(cat /etc/boot-modules); do modprobe "$module" 2>/dev/null; done
  percent 50
  phase_end
  ip link set lo up
  ip link set eth0 up
  phase 'Configuring the network with DHCP'
  # A server that first looks whether an address is free takes its time, and several guests may ask it at once.
  udhcpc -i eth0 -q -n -t 20 -T 3 -A 1 -s /etc/udhcpc.script -x "hostname:${hostname:-debian}" >/tmp/dhcp.log 2>&1 || {
    echo
    ask 'Configure the network' 'Network autoconfiguration failed'
  }
  phase_end
}

# A seed in the initrd, or by HTTP.
fetch_seed() {
  if [ -e /preseed.cfg ]; then cp /preseed.cfg /tmp/preseed; fi
  if [ -n "$url" ] && ! wget -q -O /tmp/preseed "$url" 2>/tmp/wget.log; then
    ask 'Failed to retrieve the preconfiguration file' \
      "The file needed for preconfiguration could not be retrieved from $url. The installation will proceed in non-automated mode."
  fi
  [ -e /tmp/preseed ] || ask 'Choose language' 'There is no seed: neither url= nor /preseed.cfg in the initrd.'
  [ -n "$hostname" ] || hostname=$(seed netcfg/get_hostname)
  [ -n "$hostname" ] || hostname=debian
}

make_file_system() {
  disk=$(seed partman-auto/disk)
  disk=${disk:-/dev/vda}
  [ "$mishap" = disk ] && disk=/dev/vdz
  [ -b "$disk" ] || ask 'Partition disks' "No root file system is defined. ($disk not found)"
  phase 'Partitions formatting'
  # In front of the system, where BIOS has nothing but its boot sector, there is room for what UEFI starts.
  second=''
  if [ -d /sys/firmware/efi ]; then second='n\np\n2\n64\n1503\nt\n2\nef\n'; fi
  printf 'o\nn\np\n1\n2048\n\na\n1\n%bw\n' "$second" | fdisk "$disk" >/tmp/fdisk.log 2>&1
  percent 33
  tries=0
  while [ ! -b "${disk}1" ] && [ $tries -lt 30 ]; do
    usleep 100000
    tries=$((tries + 1))
  done
  # By its full path: busybox prefers its own applet. extlinux does not read the newer features.
  /usr/sbin/mke2fs -q -F -t ext4 -O ^64bit,^metadata_csum -E lazy_itable_init=1,nodiscard -m 1 "${disk}1" >/tmp/mkfs.log 2>&1 ||
    ask 'Partition disks' "The attempt to create a file system failed: $(cat /tmp/mkfs.log)"
  percent 66
  mkdir -p /target
  mount -t ext4 "${disk}1" /target || ask 'Partition disks' 'The attempt to mount the file system failed.'
  phase_end
}

# What goes wrong in installations, on demand of a test: `mishap=panic` among the kernel's arguments.
meet_mishap() {
  case $mishap in
    question) ask 'Partition disks' 'This is an overview of your currently configured partitions and mount points.' ;;
    mirror)
      printf '\n%s\n-----\n\n!! ERROR: Bad archive mirror\n\n%s\n\n[Press enter to continue] ' \
        'Choose a mirror of the Debian archive' 'An error has been detected while trying to use the specified mirror.'
      while :; do sleep 3600; done
      ;;
    panic) echo c >/proc/sysrq-trigger ;;
    memory)
      tail /dev/zero
      while :; do sleep 3600; done
      ;;
    silence) while :; do sleep 3600; done ;;
    off) echo o >/proc/sysrq-trigger ;;
    slow)
      for passed in 1 2 3 4 5 6 7 8 9; do
        percent $passed
        sleep 2
      done
      ;;
  esac
}

copy_system() {
  phase 'Installing the base system'
  meet_mishap
  done=10
  for folder in bin sbin lib lib64 etc usr boot var root home; do
    cp -a "/$folder" /target/ || ask 'Install the base system' "Copying /$folder to the disk failed: is it too small?"
    percent $done
    done=$((done + 9))
  done
  mkdir -p /target/dev /target/proc /target/sys /target/run /target/tmp /target/mnt
  chmod 1777 /target/tmp
  rm -f /target/etc/resolv.conf /target/usr/bin/in-target
  echo "$hostname" >/target/etc/hostname
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$hostname" >/target/etc/hosts
  printf '%s1 / ext4 defaults 0 1\n' "$disk" >/target/etc/fstab
  phase_end
  phase 'Configuring apt'
  phase_end
}

# set_password NAME CRYPTED PLAIN
set_password() {
  crypted=$2
  if [ -z "$crypted" ] && [ -n "$3" ]; then crypted=$(mkpasswd -m sha512 "$3"); fi
  sed -i "s|^$1:[^:]*:|$1:${crypted:-!}:|" /target/etc/shadow
}

make_accounts() {
  set_password root "$(seed passwd/root-password-crypted)" "$(seed passwd/root-password)"
  user=$(seed passwd/username)
  if [ "$(seed passwd/make-user)" = false ] || [ -z "$user" ]; then return; fi
  id=$(seed passwd/user-uid)
  id=${id:-1000}
  echo "$user:x:$id:$id:$(seed passwd/user-fullname):/home/$user:/bin/sh" >>/target/etc/passwd
  echo "$user:x:$id:" >>/target/etc/group
  echo "$user:!:19000:0:99999:7:::" >>/target/etc/shadow
  sed -i "s/^sudo:.*/&$user/" /target/etc/group
  set_password "$user" "$(seed passwd/user-password-crypted)" "$(seed passwd/user-password)"
  mkdir -p "/target/home/$user"
  chown "$id:$id" "/target/home/$user"
}

install_software() {
  phase 'Select and install software'
  make_accounts
  percent 50
  ssh-keygen -q -t ed25519 -N '' -C "root@$hostname" -f /target/etc/ssh/ssh_host_ed25519_key
  phase_end
}

install_boot_loader() {
  phase 'Installing GRUB boot loader'
  # Under emulation the kernel's test of its timer can fail for lack of time, and then the boot never ends.
  options="no_timer_check $(seed debian-installer/add-kernel-opts)$carried"
  case " $options " in *' console='*) ;; *) options="console=ttyS0 $options" ;; esac
  if [ -d /sys/firmware/efi ]; then install_for_uefi; else install_for_bios; fi
  phase_end
}

install_for_bios() {
  cat /usr/lib/EXTLINUX/mbr.bin >"$disk"
  mkdir -p /target/boot/extlinux
  cp /usr/lib/EXTLINUX/ldlinux.c32 /target/boot/extlinux/
  extlinux --install /target/boot/extlinux >/tmp/extlinux.log 2>&1 || ask 'Install the boot loader' "$(cat /tmp/extlinux.log)"
  printf 'DEFAULT linux\nPROMPT 0\nTIMEOUT 0\nLABEL linux\n  KERNEL /boot/vmlinuz\n  INITRD /boot/initrd.img\n  APPEND root=%s1 rw %s\n' \
    "$disk" "$options" >/target/boot/extlinux/extlinux.conf
}

install_for_uefi() {
  cat /usr/lib/efi.img >"${disk}2" || ask 'Install the boot loader' 'The EFI system partition cannot be written.'
  mkdir -p /target/boot/grub
  printf 'linux /boot/vmlinuz root=%s1 rw %s\ninitrd /boot/initrd.img\nboot\n' "$disk" "$options" >/target/boot/grub/grub.cfg
}

finish() {
  phase 'Finishing the installation'
  percent 5
  seed preseed/late_command >/tmp/late-command
  mount -o bind /dev /target/dev
  mount -t proc proc /target/proc
  if [ -s /tmp/late-command ]; then
    percent 40
    sh /tmp/late-command || ask 'Failed to run preseeded command' \
      "Execution of preseeded command \"$(cat /tmp/late-command)\" failed with exit code $?."
  fi
  umount /target/proc /target/dev
  sync
  umount /target || ask 'Finish the installation' 'The file system of the new system cannot be unmounted.'
  phase_end
}

leave() {
  if [ "$mishap" = stands ]; then
    echo '[   99.000000] reboot: System halted'
    while :; do sleep 3600; done
  fi
  echo 'The system is going down NOW!'
  echo 'Sent SIGTERM to all processes'
  sync
  if [ "$(seed debian-installer/exit/poweroff)" = true ]; then
    echo 'Requesting system poweroff'
    exec poweroff -f
  elif [ "$(seed debian-installer/exit/halt)" = true ]; then
    echo 'Requesting system halt'
    exec halt -f
  fi
  echo 'Requesting system reboot'
  exec reboot -f
}

printf '\nStarting system log daemon: syslogd, klogd.\n'
read_arguments
configure_network
fetch_seed
make_file_system
copy_system
install_software
install_boot_loader
finish
leave
