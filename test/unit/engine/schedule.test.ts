import { expect, test } from 'vitest';
import { inParallel } from '../../../src/engine/schedule.ts';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('no more than so many are under way at once', async () => {
  let running = 0;
  let most = 0;
  await inParallel([1, 2, 3, 4, 5], 2, async () => {
    running += 1;
    most = Math.max(most, running);
    await soon();
    running -= 1;
  });
  expect(most).toBe(2);
});

test('after a mistake nothing is begun, what is under way is waited for, and the first mistake is told', async () => {
  const done: number[] = [];
  const working = inParallel([1, 2, 3], 2, async (item) => {
    if (item === 1) throw new Error('mistake of ours');
    await soon();
    done.push(item);
  });
  await expect(working).rejects.toThrow('mistake of ours');
  expect(done).toEqual([2]);
});
