/** What page and server say to each other, in JSON. */

/** Answer of `api/start`. */
export interface StartReply {
  readonly model: string;
  /** Targets that the model was taught; none: it takes no text. */
  readonly texts: readonly string[];
  readonly takesPoints: boolean;
  readonly takesBoxes: boolean;
  readonly colours: readonly string[];
  readonly groups: readonly {
    readonly id: string;
    readonly title: string;
    readonly origin: 'phantom' | 'real';
    readonly count: number;
  }[];
}

/** Answer of `api/clips`. */
export interface ClipsReply {
  /** How many match the search. */
  readonly total: number;
  /** The first of them. */
  readonly clips: readonly { readonly id: string; readonly title: string }[];
}

/** Millimetres a pixel. */
export interface Spacing {
  readonly xMillimetres: number;
  readonly yMillimetres: number;
}

/** Answer of `api/clip`. */
export interface ClipReply {
  readonly frameCount: number;
  readonly spacing: Spacing | null;
  readonly marks: readonly { readonly frame: number; readonly label: string }[];
}

/** Where a frame is. */
export interface Place {
  readonly group: string;
  readonly clip: string;
  readonly frame: number;
}

/** A closed outline in pixels of the frame: x0, y0, x1, y1, … */
export type WireOutline = readonly number[];

/** Answer of `api/frame`: the picture and what an expert drew on it. */
export interface FrameReply {
  readonly width: number;
  readonly height: number;
  /** PNG as a `data:` address. */
  readonly picture: string;
  readonly truths: readonly { readonly structure: string; readonly outlines: readonly WireOutline[] }[];
}

/** One prompt; see prompt-steps.ts. */
export type WireStep =
  | { readonly kind: 'point'; readonly x: number; readonly y: number; readonly inside: boolean }
  | { readonly kind: 'box'; readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number }
  | { readonly kind: 'text'; readonly text: string };

/** Answer of `api/segment`. */
export interface SegmentReply {
  readonly outlines: readonly WireOutline[];
  readonly area: number;
  readonly dice: readonly { readonly structure: string; readonly value: number }[];
  readonly encoderMs: number;
  readonly decoderMs: number;
}

/** Answer of `api/save`. */
export interface SaveReply {
  /** Where the mask lies on disk. */
  readonly path: string;
  /** Relative address to download it from. */
  readonly download: string;
}

/** What comes instead of an answer. */
export interface ErrorReply {
  readonly error: { readonly name: string; readonly message: string };
}
