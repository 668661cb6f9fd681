import { messageOf } from '../../core/errors.js';
import type { ClipFile } from '../clip-file.js';
import type { Findings } from '../finding.js';
import { fewAtOnce } from './few-at-once.js';

/** What a table claims about a clip; null where it claims nothing. */
export interface ClipClaims {
  readonly width?: number | null;
  readonly height?: number | null;
  readonly frameCount?: number | null;
  readonly framesPerSecond?: number | null;
  /** Frames that something is drawn on. */
  readonly markedFrames?: readonly number[];
}

/** Frames that are decoded: the first and the last of each clip, which finds cut files, or all of them, which takes hours on a large set. */
export type CheckDepth = 'ends' | 'all';

/** Rates in tables are rounded. */
const RATE_TOLERANCE = 0.02;

/**
 * Opens every clip, decodes its first and last frame (or all of them), and holds the file against the table.
 * A file that cannot be read cannot be repaired; a table that is wrong about size, rate or length is overruled by the file.
 */
export async function checkClips<S extends ClipFile & { readonly id: string }>(
  samples: readonly S[],
  claimsOf: (sample: S) => ClipClaims,
  findings: Findings,
  depth: CheckDepth,
  onDone: () => void,
): Promise<void> {
  await fewAtOnce(samples, async (sample) => {
    await checkClip(sample, claimsOf(sample), findings, depth);
    onDone();
  });
}

async function checkClip(
  sample: ClipFile & { readonly id: string },
  claims: ClipClaims,
  findings: Findings,
  depth: CheckDepth,
): Promise<void> {
  let clip: Awaited<ReturnType<ClipFile['open']>>;
  try {
    clip = await sample.open();
  } catch (error) {
    findings.add('damaged-file', 'unrepairable', sample.path, messageOf(error), 'reading it throws');
    return;
  }
  let at = 0;
  try {
    await clip.readFrame(0);
    await clip.readFrame(clip.frameCount - 1);
    if (depth === 'all') at = 1;
    for (; at > 0 && at < clip.frameCount - 1; at++) await clip.readFrame(at);
  } catch (error) {
    const message = at > 0 ? `frame ${at}: ${messageOf(error)}` : messageOf(error);
    findings.add('damaged-file', 'unrepairable', sample.path, message, 'reading it throws');
  } finally {
    await clip.close();
  }
  const wrong = (['width', 'height', 'frameCount'] as const).filter(
    (name) => claims[name] != null && claims[name] !== clip[name],
  );
  const rate = claims.framesPerSecond;
  const wrongRate =
    rate != null && clip.framesPerSecond !== null && Math.abs(clip.framesPerSecond / rate - 1) > RATE_TOLERANCE;
  const parts = wrong.map((name) => `${name} is ${clip[name]} in the file, ${claims[name]} in the table`);
  if (wrongRate) parts.push(`rate is ${clip.framesPerSecond} in the file, ${rate} in the table`);
  if (parts.length > 0) {
    findings.add('contradicts-file', 'repaired', sample.path, `${sample.id}: ${parts.join('; ')}`, 'the file decides');
  }
  for (const frame of claims.markedFrames ?? []) {
    if (frame < clip.frameCount) continue;
    const hint = frame === clip.frameCount ? '; one past the end, so frames may be counted from 1' : '';
    findings.add(
      'frame-out-of-range',
      'unrepairable',
      sample.path,
      `${sample.id}: frame must be in [0, ${clip.frameCount - 1}], got ${frame}${hint}`,
      'reading it throws',
    );
  }
}
