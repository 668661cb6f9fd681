import type { RandomStream } from '../../core/random.js';

/** Values that sizes and offsets break at. */
const TROUBLE = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A damaged copy of a file: one to four of flipped bits, overwritten bytes, troublesome numbers, cuts, repeats and insertions. */
export function mutate(bytes: Uint8Array, random: RandomStream): Uint8Array {
  let result: Uint8Array = new Uint8Array(bytes); // slice() of a Buffer would share its memory
  for (let left = random.chance(0.6) ? 1 : 1 + random.integer(4); left > 0; left--) result = mutateOnce(result, random);
  return result;
}

function mutateOnce(bytes: Uint8Array, random: RandomStream): Uint8Array {
  if (bytes.length === 0) return bytes;
  // Headers stand in front: half of all damage is done there.
  const reach = random.chance(0.5) ? Math.min(bytes.length, 512) : bytes.length;
  const at = random.integer(reach);
  const length = 1 + random.integer(Math.min(64, bytes.length - at));
  switch (random.integer(7)) {
    case 0:
      bytes[at] = bytes[at]! ^ (1 << random.integer(8));
      return bytes;
    case 1:
      for (let i = at; i < at + length; i++) bytes[i] = random.integer(256);
      return bytes;
    case 2: {
      const value = random.pick(TROUBLE);
      const width = random.pick([1, 2, 4]);
      const little = random.chance(0.7);
      for (let i = 0; i < width && at + i < bytes.length; i++)
        bytes[at + i] = value >>> (8 * (little ? i : width - 1 - i));
      return bytes;
    }
    case 3:
      return bytes.slice(0, at);
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 5:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    default: {
      const noise = Uint8Array.from({ length }, () => random.integer(256));
      return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
