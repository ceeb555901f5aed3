import type { RunRequest } from './request.ts';

/** A run of no playbooks, for the connections: nothing is changed, and no lock taken. */
export function runOfNothing(
  request: Pick<RunRequest, 'inventory' | 'extra' | 'secrets' | 'knownHosts' | 'passwords' | 'signal' | 'forks'>,
): RunRequest {
  return {
    ...request,
    playbooks: [],
    prompted: [],
    modules: () => undefined,
    tags: [],
    skipTags: [],
    check: true,
    diff: false,
    confirm: async () => false,
    emit: () => undefined,
  };
}
