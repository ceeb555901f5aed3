export async function quickstart(argv: readonly string[]): Promise<number> {
  return argv.length;
}
