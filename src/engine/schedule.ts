/** Runs `work` over all items, at most `forks` at once, and waits for all; the first mistake of ours ends it. */
export async function inParallel<T>(
  items: readonly T[],
  forks: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(forks, items.length) }, lane));
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
