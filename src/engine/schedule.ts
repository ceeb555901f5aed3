/**
 * Runs `work` over all items, at most `forks` at once. After the first that throws none is begun, but those under way
 * are waited for, so that nobody closes a connection under them; then it throws what the first one threw.
 */
export async function inParallel<T>(
  items: readonly T[],
  forks: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const thrown: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (thrown.length > 0) return;
      await work(item).catch((error: unknown) => thrown.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(forks, items.length) }, lane));
  if (thrown.length > 0) throw thrown[0];
}

/** Lets only one caller ask at a time: two guests must not talk over each other. */
export function oneAtATime<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(() => ask(question));
    last = answer.catch(() => undefined);
    return answer;
  };
}
