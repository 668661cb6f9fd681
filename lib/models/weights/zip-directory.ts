import { inflateRawSync } from 'node:zlib';
import { FormatError, messageOf } from '../../core/errors.js';
import type { ByteSource } from './byte-source.js';

/** One member of a zip archive. */
export interface ZipMember {
  readonly name: string;
  /** Where its (compressed) bytes start in the file. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly compressed: boolean;
}

const END_RECORD = 0x06054b50;
const END_RECORD_64 = 0x06064b50;
const END_LOCATOR_64 = 0x07064b50;
const CENTRAL_HEADER = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const MOST_MEMBERS = 100_000;
const LARGEST_DIRECTORY = 16 * 2 ** 20;

/**
 * The members of a zip archive, from its central directory. Every range is checked before anything is read:
 * inside the file, no two members overlap, no name is absolute, holds `..`, or appears twice.
 *
 * @throws {FormatError} on anything else
 */
export function readZipDirectory(source: ByteSource): Map<string, ZipMember> {
  const { count, start, length } = findDirectory(source);
  if (count > MOST_MEMBERS || length > LARGEST_DIRECTORY) {
    fail(source, `declares ${count} members in a directory of ${length} bytes, more than any checkpoint needs`);
  }
  const bytes = source.read(start, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > length || view.getUint32(at, true) !== CENTRAL_HEADER)
      fail(source, `member ${i} of ${count} is damaged`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > length) fail(source, `member ${i} of ${count} is damaged`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    checkName(source, name);
    if (members.has(name)) fail(source, `has two members named ${JSON.stringify(name)}`);
    const sizes = memberSizes(source, view, at, nameLength, extraLength);
    const method = view.getUint16(at + 10, true);
    if ((view.getUint16(at + 8, true) & 1) !== 0) fail(source, `member ${JSON.stringify(name)} is encrypted`);
    if (method !== 0 && method !== 8) fail(source, `member ${JSON.stringify(name)} uses compression method ${method}`);
    members.set(name, { name, ...locate(source, name, sizes), compressed: method === 8 });
    at = next;
  }
  refuseOverlaps(source, members);
  return members;
}

/**
 * The bytes of a member.
 *
 * @param limit most bytes it may inflate to
 * @throws {FormatError} if it is larger than it says, or than `limit`
 */
export function readZipMember(source: ByteSource, member: ZipMember, limit: number): Uint8Array {
  if (member.size > limit) {
    fail(source, `member ${JSON.stringify(member.name)} has ${member.size} bytes, at most ${limit} are expected there`);
  }
  const raw = source.read(member.offset, member.compressedSize);
  if (!member.compressed) return raw;
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(raw, { maxOutputLength: Math.max(1, member.size) });
  } catch (error) {
    return fail(source, `member ${JSON.stringify(member.name)} cannot be inflated: ${messageOf(error)}`);
  }
  if (bytes.length !== member.size) fail(source, `member ${JSON.stringify(member.name)} has not the size it declares`);
  return bytes;
}

function fail(source: ByteSource, what: string): never {
  throw new FormatError(`readZipDirectory: ${source.name} ${what}; get the file again from its source`);
}

function findDirectory(source: ByteSource): { count: number; start: number; length: number } {
  const tailLength = Math.min(source.size, 22 + 65_535);
  const tailStart = source.size - tailLength;
  const tail = source.read(tailStart, tailLength);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let at = tailLength - 22;
  while (at >= 0 && view.getUint32(at, true) !== END_RECORD) at--;
  if (at < 0) fail(source, 'has no zip directory: it is truncated or not a zip file');
  const small = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
  const isLarge = small.count === 0xffff || small.length === 0xffffffff || small.start === 0xffffffff;
  const locator = at - 20;
  if (!isLarge && !(locator >= 0 && view.getUint32(locator, true) === END_LOCATOR_64)) return small;
  if (locator < 0 || view.getUint32(locator, true) !== END_LOCATOR_64) fail(source, 'lacks its zip64 locator');
  const end = source.read(Number(view.getBigUint64(locator + 8, true)), 56);
  const endView = new DataView(end.buffer, end.byteOffset, end.length);
  if (endView.getUint32(0, true) !== END_RECORD_64) fail(source, 'has a damaged zip64 directory');
  return {
    count: Number(endView.getBigUint64(32, true)),
    length: Number(endView.getBigUint64(40, true)),
    start: Number(endView.getBigUint64(48, true)),
  };
}

interface Sizes {
  compressedSize: number;
  size: number;
  header: number;
}

function memberSizes(source: ByteSource, view: DataView, at: number, nameLength: number, extraLength: number): Sizes {
  const sizes = {
    compressedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    header: view.getUint32(at + 42, true),
  };
  const end = at + 46 + nameLength + extraLength;
  for (let extra = at + 46 + nameLength; extra + 4 <= end; extra += 4 + view.getUint16(extra + 2, true)) {
    if (view.getUint16(extra, true) !== 1) continue;
    let field = extra + 4;
    const fieldEnd = field + view.getUint16(extra + 2, true);
    const wide = (): number => {
      if (field + 8 > Math.min(fieldEnd, end)) fail(source, 'has a damaged zip64 size');
      const value = Number(view.getBigUint64(field, true));
      field += 8;
      return value;
    };
    if (sizes.size === 0xffffffff) sizes.size = wide();
    if (sizes.compressedSize === 0xffffffff) sizes.compressedSize = wide();
    if (sizes.header === 0xffffffff) sizes.header = wide();
  }
  return sizes;
}

function locate(
  source: ByteSource,
  name: string,
  sizes: Sizes,
): { offset: number; compressedSize: number; size: number } {
  const header = source.read(sizes.header, 30);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (view.getUint32(0, true) !== LOCAL_HEADER)
    fail(source, `member ${JSON.stringify(name)} is not where the directory says`);
  const offset = sizes.header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (offset + sizes.compressedSize > source.size) {
    fail(
      source,
      `member ${JSON.stringify(name)} ends at byte ${offset + sizes.compressedSize} of ${source.size}: the file is truncated`,
    );
  }
  return { offset, compressedSize: sizes.compressedSize, size: sizes.size };
}

function checkName(source: ByteSource, name: string): void {
  const parts = name.split(/[/\\]/);
  if (name === '' || name.includes('\0') || /^([/\\]|[A-Za-z]:)/.test(name) || parts.includes('..')) {
    fail(source, `has a member named ${JSON.stringify(name)}, which leads outside the archive`);
  }
}

function refuseOverlaps(source: ByteSource, members: ReadonlyMap<string, ZipMember>): void {
  const ranges = [...members.values()]
    .filter((member) => member.compressedSize > 0)
    .sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < ranges.length; i++) {
    const before = ranges[i - 1]!;
    const after = ranges[i]!;
    if (before.offset + before.compressedSize > after.offset) {
      fail(source, `members ${JSON.stringify(before.name)} and ${JSON.stringify(after.name)} overlap`);
    }
  }
}
