import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ArgumentError, FormatError, messageOf } from '../../core/errors.js';

/** Tokens of one text for CLIP's text encoder. */
export interface ClipTokens {
  /** `[77]`: start, tokens, end, then zeros. */
  readonly ids: Int32Array;
  /** Position of the end token, whose feature is the text's. */
  readonly end: number;
}

/** CLIP's byte-pair encoding. */
export interface ClipTokenizer {
  readonly vocabularySize: number;
  /** @throws {ArgumentError} if the text has more than 75 tokens */
  encode(text: string): ClipTokens;
}

const CONTEXT = 77;
const MERGES = 49_152 - 256 - 2;
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/giu;

/**
 * CLIP's tokenizer, from its merges file: `bpe_simple_vocab_16e6.txt(.gz)` of openai/CLIP or `merges.txt` of the Hugging Face repositories.
 *
 * Source: openai/CLIP clip/simple_tokenizer.py. Deviates: mis-encoded text is not repaired (ftfy) and HTML entities are not unescaped.
 *
 * @throws {FormatError} if the file is not a list of merges
 */
export function readClipTokenizer(path: string): ClipTokenizer {
  let text: string;
  try {
    const bytes = readFileSync(path);
    text = (
      bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: 64 * 2 ** 20 }) : bytes
    ).toString('utf8');
  } catch (error) {
    throw new FormatError(`readClipTokenizer: ${path} cannot be read: ${messageOf(error)}`);
  }
  return clipTokenizer(text, path);
}

/** As {@link readClipTokenizer}, from the file's text. */
export function clipTokenizer(text: string, origin: string): ClipTokenizer {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const start = lines[0]?.startsWith('#version') || lines[0]?.startsWith('"') ? 1 : 0;
  const merges = lines.slice(start, start + MERGES).filter((line) => line !== '');
  const ranks = new Map<string, number>();
  for (const [rank, merge] of merges.entries()) {
    if (merge.split(' ').length !== 2) {
      throw new FormatError(
        `readClipTokenizer: line ${rank + start + 1} of ${origin} must be two pieces, got ${JSON.stringify(merge.slice(0, 40))}; give bpe_simple_vocab_16e6.txt.gz or merges.txt`,
      );
    }
    ranks.set(merge, rank);
  }
  const alphabet = byteAlphabet();
  const letters = alphabet.map(({ letter }) => letter);
  const letterOf: string[] = [];
  for (const { byte, letter } of alphabet) letterOf[byte] = letter;
  const pieces = [
    ...letters,
    ...letters.map((letter) => `${letter}</w>`),
    ...merges.map((merge) => merge.replace(' ', '')),
  ];
  const ids = new Map([...pieces, '<|startoftext|>', '<|endoftext|>'].map((piece, id) => [piece, id]));
  return {
    vocabularySize: pieces.length + 2,
    encode(given) {
      const clean = given.replace(/\s+/g, ' ').trim().toLowerCase();
      const tokens: number[] = [];
      for (const [word] of clean.matchAll(PIECES)) {
        const spelled = [...new TextEncoder().encode(word)].map((byte) => letterOf[byte]!);
        for (const piece of mergePieces(spelled, ranks)) tokens.push(ids.get(piece)!);
      }
      if (tokens.length > CONTEXT - 2) {
        throw new ArgumentError(
          `clipTokenizer: a text has at most ${CONTEXT - 2} tokens, got ${tokens.length}; shorten it`,
        );
      }
      const result = new Int32Array(CONTEXT);
      result.set([ids.get('<|startoftext|>')!, ...tokens, ids.get('<|endoftext|>')!]);
      return { ids: result, end: tokens.length + 1 };
    },
  };
}

/** The printable letter of each byte, in CLIP's vocabulary order: visible bytes first, then the others as U+0100 and on. */
function byteAlphabet(): { byte: number; letter: string }[] {
  const visible = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const shown = all.filter(visible).map((byte) => ({ byte, letter: String.fromCodePoint(byte) }));
  const hidden = all
    .filter((byte) => !visible(byte))
    .map((byte, i) => ({ byte, letter: String.fromCodePoint(256 + i) }));
  return [...shown, ...hidden];
}

/** Joins the pair with the lowest rank until none is left. The last letter carries the end-of-word mark. */
function mergePieces(letters: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  const pieces = [...letters.slice(0, -1), `${letters.at(-1)}</w>`];
  for (;;) {
    let best = -1;
    let lowest = Infinity;
    for (let i = 0; i + 1 < pieces.length; i++) {
      const rank = ranks.get(`${pieces[i]} ${pieces[i + 1]}`);
      if (rank !== undefined && rank < lowest) {
        lowest = rank;
        best = i;
      }
    }
    if (best < 0) return pieces;
    pieces.splice(best, 2, `${pieces[best]}${pieces[best + 1]}`);
  }
}
