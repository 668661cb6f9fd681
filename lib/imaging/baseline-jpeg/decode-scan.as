// The inner loops of decode-luma.ts, in AssemblyScript: Huffman decoding and the inverse cosine transform, four lanes at a time.
// Compiled into decode-scan.wasm.ts, which says how; a test holds the two against each other.
//
// Sources: ITU-T T.81, annexes C and F; Loeffler, Ligtenberg and Moschytz 1989 as in libjpeg-turbo, jidctint.c ("slow but accurate"), whose samples
// it gives bit for bit, overflows and shortcuts included.

// Memory. Everything is placed by hand; nothing is allocated.
const PLACES: usize = 0; // u8[384]: place in the block of the k-th coefficient; 64, which nobody reads, beyond the 63rd
const QUANTISERS: usize = 512; // i32[384] by k; 0 beyond the 63rd
const COEFFICIENTS: usize = 2048; // i32[8, 8], multiplied by their quantisers, and the cell that nobody reads
const WORK: usize = 2560; // i32[8, 8] between the two passes
const PREDICTIONS: usize = 2816; // i32[3]
const COMPONENTS: usize = 2832; // u8[3, 2]: blocks of a unit across and down; first the luma
const TABLES: usize = 4096; // of component c: DC at 2 c, AC at 2 c + 1
const INPUT: usize = 65536;

const LOOKUP_BITS: i32 = 11;
const LIMITS: usize = 8192; // i32[18], after i32[2048] of lookup: by length, the first code that is longer, left-aligned to 16 bits
const OFFSETS: usize = 8272; // i32[17]: by length, what to add to a code to get its index
const SYMBOLS: usize = 8352; // u8[256]
const TABLE_BYTES: usize = 8704;

const END_OF_BLOCK: i32 = 128;

let bits: usize = 0; // where the bits without stuffing start
let bit: i32 = 0; // the next
let length: i32 = 0; // how many there are
let marker: i32 = 0; // the second byte of the marker after them; 0 if the data end without
let doubtful: bool = false; // a code that no table has was met

/** Values of `size` bits: the upper half positive, the lower half negative. */
// @ts-ignore: decorator
@inline
function extended(value: i32, size: i32): i32 {
  return size == 0 || value >= 1 << (size - 1) ? value : value - (1 << size) + 1;
}

/** How many places a symbol goes on. */
// @ts-ignore: decorator
@inline
function placesOf(symbol: i32): i32 {
  return (symbol & 15) == 0 && symbol != 0xf0 ? END_OF_BLOCK : (symbol >> 4) + 1;
}

/**
 * Builds table `slot` from 16 counts and their symbols at `source`. Entries of the lookup: bits 0 to 4 how many bits are used, bits 5 to 12 how many
 * places to go on, bits 16 to 31 the value; 0 where 11 bits do not suffice.
 * @returns whether it is a prefix code of symbols that 8-bit baseline JPEG has
 */
export function buildTable(slot: usize, source: usize): bool {
  const table = TABLES + slot * TABLE_BYTES;
  const isAc = (slot & 1) == 1;
  memory.fill(table, 0, LIMITS);
  let code: i32 = 0;
  let index: i32 = 0;
  for (let size = 1; size <= 16; size++) {
    store<i32>(table + OFFSETS + (size << 2), index - code);
    for (let left = <i32>load<u8>(source + size - 1); left > 0; left--) {
      const symbol = <i32>load<u8>(source + 16 + index);
      const valueBits = symbol & 15;
      // A code of ones alone is reserved.
      if (code >= (1 << size) - 1 || index > 255 || (isAc ? valueBits > 10 : symbol > 11)) return false;
      store<u8>(table + SYMBOLS + index, symbol);
      const used = size + valueBits;
      if (used <= LOOKUP_BITS) {
        const spare = LOOKUP_BITS - used;
        const places = isAc ? placesOf(symbol) : 1;
        let to = table + (((code << valueBits) << spare) << 2);
        for (let value = 0; value < 1 << valueBits; value++) {
          const entry = (extended(value, valueBits) << 16) | (places << 5) | used;
          for (let same = 1 << spare; same > 0; same--, to += 4) store<i32>(to, entry);
        }
      }
      code++;
      index++;
    }
    store<i32>(table + LIMITS + (size << 2), code << (16 - size));
    code <<= 1;
  }
  return true;
}

/** At least 33 bits from a place, the first on top. */
// @ts-ignore: decorator
@inline
function peek(at: i32): u64 {
  const word = bits + ((at >> 5) << 2);
  return ((<u64>load<u32>(word) << 32) | <u64>load<u32>(word, 4)) << (at & 31);
}

/** A symbol and its value where the lookup does not suffice, as an entry; an unknown code ends the block and casts doubt. */
function longEntry(table: usize, ahead: u64): i32 {
  const code = <i32>(ahead >> 48);
  let size = 1;
  while (size <= 16 && code >= load<i32>(table + LIMITS + (size << 2))) size++;
  if (size > 16) {
    doubtful = true;
    return END_OF_BLOCK << 5;
  }
  const symbol = <i32>load<u8>(table + SYMBOLS + (code >> (16 - size)) + load<i32>(table + OFFSETS + (size << 2)));
  const valueBits = symbol & 15;
  const value = valueBits == 0 ? 0 : extended(<i32>((ahead << size) >> (64 - valueBits)), valueBits);
  return (value << 16) | (placesOf(symbol) << 5) | (size + valueBits);
}

/** The difference of a DC coefficient to the one before. */
// @ts-ignore: decorator
@inline
function difference(table: usize): i32 {
  const ahead = peek(bit);
  let entry = load<i32>(table + (<usize>(ahead >> (64 - LOOKUP_BITS)) << 2));
  if (entry == 0) entry = longEntry(table, ahead);
  bit += entry & 31;
  return entry >> 16;
}

/** Reads AC coefficients, into the block or, of colours, over them. @returns 1 if there were any, 0 if not, -1 if they left the block */
// @ts-ignore: decorator
@inline
function readBlock(table: usize, isKept: bool): i32 {
  let at = bit;
  let ahead = peek(at);
  let ready = 64 - (at & 31);
  let k = 0;
  let any = 0;
  while (k < 63) {
    if (ready < 26) {
      ahead = peek(at);
      ready = 64 - (at & 31);
    }
    let entry = load<i32>(table + (<usize>(ahead >> (64 - LOOKUP_BITS)) << 2));
    if (entry == 0) entry = longEntry(table, ahead);
    const used = entry & 31;
    ahead <<= used;
    ready -= used;
    at += used;
    k += (entry >> 5) & 255;
    if (isKept) {
      const value = entry >> 16;
      any |= value;
      store<i32>(COEFFICIENTS + (<usize>load<u8>(PLACES + k) << 2), value * load<i32>(QUANTISERS + (<usize>k << 2)));
    }
  }
  bit = at;
  if (k > 63 && k < END_OF_BLOCK) return -1;
  return any == 0 ? 0 : 1;
}

// @ts-ignore: decorator
@inline
function times(a: v128, factor: i32): v128 {
  return i32x4.mul(a, i32x4.splat(factor));
}

/** Eight outputs of the last transform of four columns. */
let out0: v128 = i32x4.splat(0);
let out1: v128 = i32x4.splat(0);
let out2: v128 = i32x4.splat(0);
let out3: v128 = i32x4.splat(0);
let out4: v128 = i32x4.splat(0);
let out5: v128 = i32x4.splat(0);
let out6: v128 = i32x4.splat(0);
let out7: v128 = i32x4.splat(0);

/** Four columns at once. Where only the first of eight is not 0 libjpeg takes a short cut, which differs if numbers overflow. */
// @ts-ignore: decorator
@inline
function transform(s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128, s6: v128, s7: v128, flat: v128, shift: i32): void {
  const isFlat = i32x4.eq(v128.or(v128.or(v128.or(s1, s2), v128.or(s3, s4)), v128.or(v128.or(s5, s6), s7)), i32x4.splat(0));
  const half = i32x4.splat(1 << (shift - 1));
  const e1 = times(i32x4.add(s2, s6), 4433);
  const e2 = i32x4.add(e1, times(s6, -15137));
  const e3 = i32x4.add(e1, times(s2, 6270));
  const e0 = i32x4.add(i32x4.shl(i32x4.add(s0, s4), 13), half);
  const e4 = i32x4.add(i32x4.shl(i32x4.sub(s0, s4), 13), half);
  const t10 = i32x4.add(e0, e3);
  const t13 = i32x4.sub(e0, e3);
  const t11 = i32x4.add(e4, e2);
  const t12 = i32x4.sub(e4, e2);
  const s73 = i32x4.add(s7, s3);
  const s51 = i32x4.add(s5, s1);
  const z5 = times(i32x4.add(s73, s51), 9633);
  const z1 = times(i32x4.add(s7, s1), -7373);
  const z2 = times(i32x4.add(s5, s3), -20995);
  const z3 = i32x4.add(times(s73, -16069), z5);
  const z4 = i32x4.add(times(s51, -3196), z5);
  const o0 = i32x4.add(times(s7, 2446), i32x4.add(z1, z3));
  const o1 = i32x4.add(times(s5, 16819), i32x4.add(z2, z4));
  const o2 = i32x4.add(times(s3, 25172), i32x4.add(z2, z3));
  const o3 = i32x4.add(times(s1, 12299), i32x4.add(z1, z4));
  out0 = v128.bitselect(flat, i32x4.shr_s(i32x4.add(t10, o3), shift), isFlat);
  out7 = v128.bitselect(flat, i32x4.shr_s(i32x4.sub(t10, o3), shift), isFlat);
  out1 = v128.bitselect(flat, i32x4.shr_s(i32x4.add(t11, o2), shift), isFlat);
  out6 = v128.bitselect(flat, i32x4.shr_s(i32x4.sub(t11, o2), shift), isFlat);
  out2 = v128.bitselect(flat, i32x4.shr_s(i32x4.add(t12, o1), shift), isFlat);
  out5 = v128.bitselect(flat, i32x4.shr_s(i32x4.sub(t12, o1), shift), isFlat);
  out3 = v128.bitselect(flat, i32x4.shr_s(i32x4.add(t13, o0), shift), isFlat);
  out4 = v128.bitselect(flat, i32x4.shr_s(i32x4.sub(t13, o0), shift), isFlat);
}

/** Transposes four vectors of four and stores them 32 bytes apart. */
// @ts-ignore: decorator
@inline
function storeTransposed(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to + 32, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(to + 64, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 96, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

/** Samples from the ten lowest bits of a value around 0: moved by 128, held within 0 to 255; values far outside wrap around, as in libjpeg. */
// @ts-ignore: decorator
@inline
function centred(value: v128): v128 {
  return i32x4.add(i32x4.shr_s(i32x4.shl(value, 22), 22), i32x4.splat(128));
}

function inverseTransform(to: usize, stride: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const at = COEFFICIENTS + half;
    const s0 = v128.load(at);
    transform(
      s0,
      v128.load(at + 32),
      v128.load(at + 64),
      v128.load(at + 96),
      v128.load(at + 128),
      v128.load(at + 160),
      v128.load(at + 192),
      v128.load(at + 224),
      i32x4.shl(s0, 2),
      11,
    );
    // [row, column] -> [column, row]
    storeTransposed(WORK + half * 8, out0, out1, out2, out3);
    storeTransposed(WORK + half * 8 + 16, out4, out5, out6, out7);
  }
  memory.fill(COEFFICIENTS, 0, 256);
  for (let half: usize = 0; half < 32; half += 16) {
    const at = WORK + half;
    const s0 = v128.load(at);
    transform(
      s0,
      v128.load(at + 32),
      v128.load(at + 64),
      v128.load(at + 96),
      v128.load(at + 128),
      v128.load(at + 160),
      v128.load(at + 192),
      v128.load(at + 224),
      i32x4.shr_s(i32x4.add(s0, i32x4.splat(16)), 5),
      18,
    );
    // Four rows of eight: bytes by column, then transposed by bytes.
    const left = i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(centred(out0), centred(out1)),
      i16x8.narrow_i32x4_s(centred(out2), centred(out3)),
    );
    const right = i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(centred(out4), centred(out5)),
      i16x8.narrow_i32x4_s(centred(out6), centred(out7)),
    );
    const upper = v128.shuffle<i8>(left, right, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const lower = v128.shuffle<i8>(left, right, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    const first = to + (half >> 2) * stride;
    v128.store64_lane(first, upper, 0);
    v128.store64_lane(first + stride, upper, 1);
    v128.store64_lane(first + 2 * stride, lower, 0);
    v128.store64_lane(first + 3 * stride, lower, 1);
  }
}

/** One grey level over a block. */
// @ts-ignore: decorator
@inline
function fillBlock(to: usize, stride: usize, mean: i32): void {
  const centred = (((((mean << 2) + 16) >> 5) << 22) >> 22) + 128;
  const level = <u64>min(255, max(0, centred)) * 0x0101010101010101;
  for (let row = 0; row < 8; row++, to += stride) store<u64>(to, level);
}

/** Copies coded data without stuffing from `at` up to the next marker. @returns where the marker ends */
function fillBits(at: usize, end: usize): usize {
  let to = bits;
  marker = 0;
  while (at < end) {
    const byte = load<u8>(at++);
    if (byte == 0xff) {
      marker = at < end ? load<u8>(at++) : 0;
      if (marker != 0 || at >= end) break;
    }
    store<u8>(to++ ^ 3, byte); // the first byte of four on top: no byte order to turn when they are read
  }
  bit = 0;
  length = <i32>(to - bits) << 3;
  return at;
}

/** Blocks of all components of one unit; the luma's are written. */
function decodeUnit(components: i32, to: usize, stride: usize): bool {
  for (let c = 0; c < components; c++) {
    const across = <i32>load<u8>(COMPONENTS + 2 * c);
    const down = <i32>load<u8>(COMPONENTS + 2 * c + 1);
    const dc = TABLES + (2 * c) * TABLE_BYTES;
    const ac = dc + TABLE_BYTES;
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        const prediction = load<i32>(PREDICTIONS + 4 * c) + difference(dc);
        store<i32>(PREDICTIONS + 4 * c, prediction);
        if (c > 0) {
          if (readBlock(ac, false) < 0) return false;
          continue;
        }
        const any = readBlock(ac, true);
        if (any < 0 || prediction != <i32>(<i16>prediction)) return false;
        const mean = prediction * load<i32>(QUANTISERS);
        const at = to + <usize>(8 * row) * stride + 8 * column;
        if (any == 0) fillBlock(at, stride, mean);
        else {
          store<i32>(COEFFICIENTS, mean);
          inverseTransform(at, stride);
        }
      }
    }
  }
  return !doubtful && bit <= length;
}

/**
 * Decodes the luma of a scan. Memory must reach 4096 bytes past the bits, which take as many bytes as the data: more than a unit can read beyond the
 * end before that is noticed.
 *
 * @param end of the coded data, which start at INPUT
 * @param components 1 or 3
 * @param across units a row
 * @param down rows of units
 * @param restart units between two restart markers; 0 for none
 * @param samples where the plane goes, of whole units
 * @param space where the bits without stuffing go
 * @returns whether everything was beyond doubt
 */
export function decodeScan(
  end: usize,
  components: i32,
  across: i32,
  down: i32,
  restart: i32,
  samples: usize,
  space: usize,
): bool {
  const stride = <usize>(across * 8) * load<u8>(COMPONENTS);
  const rowBytes = stride * 8 * load<u8>(COMPONENTS + 1);
  const units = across * down;
  let at = INPUT;
  let restarts = 0;
  bits = (space + 3) & ~3;
  doubtful = false;
  memory.fill(COEFFICIENTS, 0, 260);
  let unit = 0;
  let row = 0;
  let column = 0;
  while (unit < units) {
    const until = restart > 0 ? min(units, unit + restart) : units;
    at = fillBits(at, end);
    memory.fill(PREDICTIONS, 0, 12);
    for (; unit < until; unit++) {
      const to = samples + <usize>row * rowBytes + <usize>(column * 8) * load<u8>(COMPONENTS);
      if (!decodeUnit(components, to, stride)) return false;
      if (++column == across) {
        column = 0;
        row++;
      }
    }
    if (length - bit >= 8) return false;
    if (unit < units && marker != 0xd0 + (restarts++ & 7)) return false;
  }
  return marker == 0xd9;
}
