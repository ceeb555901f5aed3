/** A package as a playbook names it. */
export interface Wanted {
  readonly text: string;
  /** With the architecture, where one is named: `libc6:i386`. */
  readonly name: string;
  readonly version?: string;
}

/** `nginx`, `libc6:i386`, `nginx=1.22.1-9`. */
export const packagePattern = '^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~-]+)?$';

export function wantedOf(text: string): Wanted {
  const [name = '', version] = text.split('=');
  return { text, name, ...(version !== undefined && { version }) };
}
