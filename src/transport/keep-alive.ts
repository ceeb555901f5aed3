/** How often a host is asked for a sign of life, in milliseconds. */
export const keepAliveMs = 10_000;
/** How many it may fail to give. */
export const keepAliveMisses = 3;
/** How long a host may say nothing at most before its link counts as lost, in milliseconds. */
export const silenceMs = keepAliveMs * (keepAliveMisses + 1);
