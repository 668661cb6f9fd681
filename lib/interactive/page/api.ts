/// <reference lib="dom" />
import type {
  ClipReply,
  ClipsReply,
  ErrorReply,
  FrameReply,
  Place,
  SaveReply,
  SegmentReply,
  Spacing,
  StartReply,
  WireStep,
} from './wire.js';

/** The server said no, in words for people. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** What goes out to save one frame's masks. */
export interface SaveRequest {
  readonly place: Place;
  readonly format: 'png' | 'nifti';
  readonly spacing: Spacing | null;
  readonly objects: readonly { readonly name: string; readonly colour: string; readonly steps: readonly WireStep[] }[];
}

/** Asks the server; addresses are relative, so the token stays in them. */
export const api = {
  start: (): Promise<StartReply> => ask('api/start'),
  clips: (group: string, search: string): Promise<ClipsReply> => ask(`api/clips?${query({ group, search })}`),
  clip: (group: string, clip: string): Promise<ClipReply> => ask(`api/clip?${query({ group, clip })}`),
  frame: ({ group, clip, frame }: Place): Promise<FrameReply> =>
    ask(`api/frame?${query({ group, clip, frame: String(frame) })}`),
  warm: (place: Place): Promise<{ ms: number }> => ask('api/warm', { place }),
  segment: (place: Place, steps: readonly WireStep[]): Promise<SegmentReply> => ask('api/segment', { place, steps }),
  save: (request: SaveRequest): Promise<SaveReply> => ask('api/save', request),
};

function query(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

async function ask<T>(address: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(
      address,
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    );
  } catch {
    throw new Refusal('The server does not answer. Is the terminal that started this page still open?');
  }
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(text.trim() || `The server answered ${response.status}.`);
  }
  if (response.ok) return value as T;
  throw new Refusal(kindly((value as ErrorReply).error.message));
}

/** Errors of the library begin with the function that threw them; people need the rest. */
function kindly(message: string): string {
  const rest = message.replace(/^[A-Za-z]+(\.[A-Za-z]+)?: /, '');
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}${/[.!?]$/.test(rest) ? '' : '.'}`;
}
