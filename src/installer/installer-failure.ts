/** Why an installer stands still for good. */
export interface Failure {
  readonly kind: 'error' | 'question' | 'panic';
  /** The headline of the screen: `Bad archive mirror`. */
  readonly title: string;
  /** The whole screen has been drawn. */
  readonly complete: boolean;
  /** What to do about it. */
  readonly help: string;
}

/** Screens that wait for somebody. The text front end ends them with one of the prompts. */
const signs: readonly { readonly kind: Failure['kind']; readonly sign: RegExp; readonly complete?: RegExp }[] = [
  { kind: 'panic', sign: /Kernel panic - not syncing: ?(.*)/, complete: /end Kernel panic/ },
  { kind: 'error', sign: /^!! ERROR: (.*)/m, complete: /\[Press enter to continue\]|^Prompt: /m },
  { kind: 'error', sign: /(Installation step failed|Bad archive mirror)/ },
  { kind: 'question', sign: /\[!!\] ?(.*?)[\s│├┤┐─|]*$/m },
  { kind: 'question', sign: /Prompt: '\?' for help/, complete: /Prompt: '\?' for help/ },
  { kind: 'question', sign: /\[Press enter to continue\]/, complete: /\[Press enter to continue\]/ },
];

const advice: readonly (readonly [RegExp, string])[] = [
  [
    /archive mirror|Debian archive/i,
    'see that the guest reaches the mirror: `mirror`, `mirror_proxy` and `suite` of the inventory',
  ],
  [
    /kernel modules/i,
    'the installer files no longer match the mirror: remove them from the host, so that they are fetched anew',
  ],
  [
    /autoconfiguration|Configure the network/i,
    'see that the network is active and has a reservation for the MAC address of the guest',
  ],
  [
    /preconfiguration file/i,
    'see that the firewall of the host lets the guest reach the address the seed is served on',
  ],
  [/preseeded command/i, 'a command of the seed failed: mend `preseed/late_command` in the template of the seed'],
  [/[Pp]artition|file system|disk/, 'see that the disk is large enough and that the seed names it'],
  [
    /Unable to mount root fs|init/,
    'the guest may have too little memory to unpack the initrd, or the initrd is not the one of this kernel',
  ],
];

/** The failure that console text ends in, judged by the screens of Debian's installer. */
export function failureIn(text: string): Failure | undefined {
  for (const { kind, sign, complete } of signs) {
    const found = sign.exec(text);
    if (!found) continue;
    const title = (found[1]?.trim() || headline(text.slice(0, found.index))) ?? 'no headline';
    const screen = `${title}\n${text.slice(Math.max(0, found.index - 400))}`;
    const help =
      advice.find(([pattern]) => pattern.test(screen))?.[1] ?? 'answer what it asks in the template of the seed';
    return { kind, title, complete: complete?.test(text.slice(found.index)) ?? false, help };
  }
  return undefined;
}

/** Titles are underlined. */
function headline(text: string): string | undefined {
  return [...text.matchAll(/^(.*\S.*)\n-{3,} *$/gm)].at(-1)?.[1]?.trim();
}
