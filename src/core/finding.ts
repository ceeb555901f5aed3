/** What `provision verify` found out about one thing, by trying it. */
export interface Finding {
  /** The guest, or the hypervisor where it is about that. */
  readonly host: string;
  readonly about: 'ssh' | 'public' | 'forward' | 'lease' | 'address' | 'closed';
  /** `skipped`: there is nothing to prove, or no way to. */
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly message: string;
  readonly ms: number;
}
