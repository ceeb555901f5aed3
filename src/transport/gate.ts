/** Lets only so many in at a time; `urgent` ones are let in at once. */
export interface Gate {
  /** Resolves with the way out, to be taken once. */
  enter(urgent?: boolean): Promise<() => void>;
}

export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leaveOnce = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      waiting.shift()?.();
    };
  };
  return {
    async enter(urgent = false) {
      while (!urgent && inside >= places) await new Promise<void>((resolve) => waiting.push(resolve));
      inside += 1;
      return leaveOnce();
    },
  };
}
