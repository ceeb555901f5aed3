import { ProvisionError } from '../core/diagnostic.ts';

/** Thrown by every pending and every later call once the link to a host is gone (PV4007). */
export class LostConnection extends ProvisionError {
  constructor(host: string, why: string) {
    super({
      code: 'PV4007',
      message: `the connection to ${host} was lost: ${why}`,
      help: 'run again: what was done stays done, and provision carries on from what is really there',
    });
    this.name = 'LostConnection';
  }
}
