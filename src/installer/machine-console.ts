import type { Grammar } from './grammar.ts';

const tooLittle = 'give the guest more `memory`';

/** What firmware, boot loaders, kernels and initrds say, whatever they install. */
export const machineConsole: Grammar = {
  phases: [],
  stops: [
    { kind: 'panic', line: /Kernel panic - not syncing: ?(.*)/, complete: /end Kernel panic/ },
    { kind: 'memory', line: /(Out of memory: Killed process \d+ \([^)]*\))/ },
    { kind: 'memory', line: /(Initramfs unpacking failed: write error)/ },
    {
      kind: 'memory',
      line: /^(EFI stub: ERROR: Failed to load initrd: 0x8000000000000009)/,
      complete: /efi_stub_entry/,
    },
    { kind: 'start', line: /^BdsDxe: (No bootable option or device was found)/ },
    { kind: 'start', line: /^Shell> *$/, title: 'UEFI found nothing to boot and is in its shell', complete: /^Shell>/ },
    { kind: 'start', line: /^(No bootable device|Boot failed: not a bootable disk)/ },
    { kind: 'start', line: /^((?:error: .*)?grub rescue>)/, complete: /grub rescue>/ },
    { kind: 'start', line: /^(ALERT! .* does not exist)/, complete: /^\(initramfs\)/ },
    { kind: 'start', line: /(Warning: \/dev\/root does not exist)/, complete: /dracut:\/#/ },
    { kind: 'start', line: /^(You are in (?:emergency|rescue) mode|Entering emergency mode)/ },
  ],
  advice: [
    { words: /Out of memory|deadlocked on memory|unpacking failed|0x8000000000000009/, help: tooLittle },
    {
      words: /Unable to mount root fs|No working init|Requested init/,
      help: 'the guest may have too little memory to unpack the initrd, or the initrd is not the one of this kernel',
    },
    {
      words: /nothing to boot|No bootable option/,
      help: 'nothing on its disk starts with UEFI: was it made for BIOS? See `firmware`',
    },
    { words: /bootable|grub rescue/, help: 'nothing was installed on its disk that could be started' },
    {
      words: /does not exist|emergency mode|rescue mode/,
      help: 'its system does not find its disk or its installation source: see the kernel arguments and the `<disk>`',
    },
  ],
  goesDown: /^\[ *\d+\.\d+\] reboot: /,
};
