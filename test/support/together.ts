/** What several looks find that are begun at once, each under its name. */
export async function together<T>(looks: Readonly<Record<string, Promise<T>>>): Promise<Record<string, T>> {
  const found = Object.entries(looks).map(async ([name, look]) => [name, await look] as const);
  return Object.fromEntries(await Promise.all(found));
}
