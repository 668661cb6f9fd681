/** Tasks under way at once: enough to hide the disk, not enough to fill memory. */
const AT_ONCE = 4;

/** Runs a task for every item, a few at a time; the first failure stops the rest and is thrown. */
export async function fewAtOnce<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await task(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
