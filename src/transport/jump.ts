import { problem } from '../core/diagnostic.ts';

export interface Hop {
  readonly user?: string;
  readonly host: string;
  readonly port: number;
}

const form = /^(?:([^@\s]+)@)?(\[[^\]]+\]|[^:@\s[\]]+)(?::(\d{1,5}))?$/;

/** `user@host:port`, comma separated, the nearest first; `[…]` around an IPv6 address. */
export function parseJump(text: string): readonly Hop[] {
  return text.split(',').map((part) => {
    const [, user, host, port = '22'] = form.exec(part.trim()) ?? [];
    if (host === undefined || Number(port) > 65535) {
      throw problem('PV4015', `\`${part.trim()}\` is not the address of a jump host`, {
        help: 'write `ssh.jump` as [user@]host[:port], several separated by commas',
      });
    }
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), ...(user !== undefined && { user }) };
  });
}
