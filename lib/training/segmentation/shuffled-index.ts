import { stream } from '../../core/random.js';

/** The rounds drawn last: a run asks for one, then the next. */
const orders = new Map<string, number[]>();

/** The item at a place in an endless row of shuffled rounds, the same for the same seed. */
export function shuffledIndex(count: number, place: number, seed: number): number {
  const round = Math.floor(place / count);
  const key = `${seed}/${count}/${round}`;
  let order = orders.get(key);
  if (order === undefined) {
    order = stream(seed, `segmentation/order/${count}/${round}`).shuffled(Array.from({ length: count }, (_, i) => i));
    if (orders.size >= 4) orders.delete(orders.keys().next().value!);
    orders.set(key, order);
  }
  return order[place % count]!;
}
