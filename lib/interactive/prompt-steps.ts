import { z } from 'zod';
import { RequestError } from './local-server.js';

const coordinate = z.number().finite().min(-1e5).max(1e5);

const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('point'), x: coordinate, y: coordinate, inside: z.boolean() }),
  z.strictObject({ kind: z.literal('box'), x0: coordinate, y0: coordinate, x1: coordinate, y1: coordinate }),
  z.strictObject({ kind: z.literal('text'), text: z.string().trim().min(1).max(200) }),
]);

/** One thing that a person pointed at or asked for. Coordinates are pixels of the frame; (0, 0) is the corner of its first pixel. */
export type PromptStep =
  | { readonly kind: 'point'; readonly x: number; readonly y: number; readonly inside: boolean }
  | { readonly kind: 'box'; readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number }
  | { readonly kind: 'text'; readonly text: string };

/** Prompts of one object, oldest first: as many as a person gives, far more than a model was trained with. */
export const stepsSchema = z.array(stepSchema).min(1).max(64);

/** What holds after all steps: every point, the last box, the last text. */
export interface GatheredPrompts {
  readonly points: readonly { readonly x: number; readonly y: number; readonly inside: boolean }[];
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number] | null;
  readonly text: string | null;
}

/** Gathers steps; the corners of a box are put in order. */
export function gatherPrompts(steps: readonly PromptStep[]): GatheredPrompts {
  const box = steps.findLast((step) => step.kind === 'box');
  const text = steps.findLast((step) => step.kind === 'text');
  return {
    points: steps.filter((step) => step.kind === 'point'),
    box:
      box === undefined
        ? null
        : [Math.min(box.x0, box.x1), Math.min(box.y0, box.y1), Math.max(box.x0, box.x1), Math.max(box.y0, box.y1)],
    text: text?.text ?? null,
  };
}

/**
 * Checks what a page sent.
 *
 * @throws {RequestError} naming the first thing that is wrong
 */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequestError(`parseRequest: ${issue?.path.join('.') || 'the request'}: ${issue?.message}`);
}
