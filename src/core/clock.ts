/**
 * Milliseconds since the program began, by a clock that nobody sets. `performance.now()` says the same, and has Node load
 * what it measures all else with.
 */
export function milliseconds(): number {
  return process.uptime() * 1000;
}
