import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { ArgumentError } from '../core/errors.js';
import { workerUrl } from '../core/workers.js';
import { levelOutlines } from './level-outlines.js';
import {
  jsonReply,
  type LocalReply,
  type LocalRequest,
  type LocalServer,
  RequestError,
  serveLocally,
} from './local-server.js';
import type { ClipReply, ClipsReply, FrameReply, SaveReply, SegmentReply, StartReply } from './page/wire.js';
import { parseRequest, stepsSchema } from './prompt-steps.js';
import { saveMasks } from './save-masks.js';
import { SEGMENT_HTML, SEGMENT_STYLE } from './segment-html.js';
import type { FramePlace, SegmentationSession } from './segmentation-session.js';

/** Nothing but this server, no inline script or style, no frames, no forms that leave. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Scripts of the page, compiled. */
const SCRIPTS: ReadonlySet<string> = new Set([
  'main',
  'api',
  'frames',
  'history',
  'keys',
  'masks',
  'objects',
  'painter',
  'panels',
  'pointer',
  'show',
  'store',
  'viewport',
]);

/** Bright on grey pictures, told apart with the common colour-vision deficiencies (Okabe and Ito 2008, lightened). */
const OBJECT_COLOURS = ['#56B4E9', '#F5B83D', '#3ED6A3', '#FF8A50', '#E59AC4', '#F0E442', '#9FB7FF'];

/** Clips that a list shows at once. */
const MOST_LISTED = 200;

/** Options of {@link serveSegmentation}. */
export interface SegmentationServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Where masks are saved. */
  readonly saveFolder: string;
}

const placeSchema = z.strictObject({ group: z.string(), clip: z.string(), frame: z.number().int().nonnegative() });
const millimetres = z.number().positive().max(100);
const saveSchema = z.strictObject({
  place: placeSchema,
  format: z.enum(['png', 'nifti']),
  /** What the person says where the file does not. */
  spacing: z.strictObject({ xMillimetres: millimetres, yMillimetres: millimetres }).nullable(),
  objects: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(60),
        colour: z.string().regex(/^#[0-9a-fA-F]{6}$/),
        steps: stepsSchema,
      }),
    )
    .max(255),
});

/** Serves the page that segments frames by clicks, boxes and texts, on 127.0.0.1. Close the server before the session. */
export async function serveSegmentation(
  session: SegmentationSession,
  options: SegmentationServerOptions,
): Promise<LocalServer> {
  const saved = new Map<string, string>();
  const routes: Readonly<Record<string, (request: LocalRequest) => Promise<LocalReply> | LocalReply>> = {
    'GET ': () => ({ type: 'text/html; charset=utf-8', body: SEGMENT_HTML }),
    'GET page/style.css': () => ({ type: 'text/css; charset=utf-8', body: SEGMENT_STYLE }),
    'GET api/start': () => jsonReply(startOf(session)),
    'GET api/clips': ({ query }) => jsonReply(clipsOf(session, named(query, 'group'), query.get('search') ?? '')),
    'GET api/clip': async ({ query }) => {
      const clip = await session.clip(named(query, 'group'), named(query, 'clip'));
      const { frameCount, spacing, marks } = clip;
      return jsonReply({ frameCount, spacing, marks } satisfies ClipReply);
    },
    'GET api/frame': async ({ query }) => {
      const frame = Number(named(query, 'frame'));
      return jsonReply(await frameOf(session, { group: named(query, 'group'), clip: named(query, 'clip'), frame }));
    },
    'POST api/warm': async ({ body }) => {
      const { place } = parseRequest(z.strictObject({ place: placeSchema }), body);
      const start = performance.now();
      await session.warm(place);
      return jsonReply({ ms: performance.now() - start });
    },
    'POST api/segment': async ({ body }) => {
      const { place, steps } = parseRequest(z.strictObject({ place: placeSchema, steps: stepsSchema }), body);
      const { outlines, area, dice, encoderMs, decoderMs } = await session.segment(place, steps);
      // After the answer is out, so that the next click finds its graph.
      setImmediate(() => void session.prepare(steps).catch(() => {}));
      const short = outlines.map((outline) => outline.map((value) => Math.round(value * 100) / 100));
      return jsonReply({ outlines: short, area, dice, encoderMs, decoderMs } satisfies SegmentReply);
    },
    'POST api/save': async ({ body }) => {
      const path = await save(session, options.saveFolder, body);
      saved.set(basename(path), path);
      return jsonReply({ path, download: `saved/${encodeURIComponent(basename(path))}` } satisfies SaveReply);
    },
  };
  return serveLocally(
    (request) => {
      const route = routes[`${request.method} ${request.path}`];
      if (route !== undefined) return route(request);
      const script = /^page\/([a-z]+)\.js$/.exec(request.path)?.[1];
      if (script !== undefined && SCRIPTS.has(script)) return scriptOf(script);
      const file = /^saved\/([^/]+)$/.exec(request.path)?.[1];
      return file === undefined ? null : download(saved.get(file));
    },
    { policy: POLICY, ...(options.port !== undefined && { port: options.port }) },
  );
}

function startOf({ segmenter, groups }: SegmentationSession): StartReply {
  return {
    model: segmenter.name,
    texts: segmenter.texts,
    takesPoints: segmenter.takesPoints,
    takesBoxes: segmenter.takesBoxes,
    colours: OBJECT_COLOURS,
    groups: groups.map(({ id, title, origin, clips }) => ({ id, title, origin, count: clips.length })),
  };
}

function clipsOf(session: SegmentationSession, group: string, search: string): ClipsReply {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = session
    .group(group)
    .clips.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  return { total: matching.length, clips: matching.slice(0, MOST_LISTED).map(({ id, title }) => ({ id, title })) };
}

async function frameOf(session: SegmentationSession, place: FramePlace): Promise<FrameReply> {
  const { image, truths } = await session.frame(place);
  const { width, height, data } = image;
  const png = await sharp(data, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
  return {
    width,
    height,
    picture: `data:image/png;base64,${png.toString('base64')}`,
    truths: truths.map(({ structure, mask }) => ({ structure, outlines: levelOutlines(mask, width, height, 0.5) })),
  };
}

async function save(session: SegmentationSession, folder: string, body: unknown): Promise<string> {
  const { place, format, spacing, objects } = parseRequest(saveSchema, body);
  const frame = await session.frame(place);
  const masks = [];
  for (const object of objects) masks.push({ ...object, ...(await session.segment(place, object.steps)) });
  return saveMasks(folder, format, {
    place,
    width: frame.image.width,
    height: frame.image.height,
    spacing: frame.spacing ?? spacing,
    objects: masks,
    model: session.segmenter.name,
  });
}

function scriptOf(name: string): LocalReply {
  const source = readFileSync(workerUrl(import.meta.url, `./page/${name}.js`), 'utf8');
  return { type: 'text/javascript; charset=utf-8', body: source.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n') };
}

function download(path: string | undefined): LocalReply | null {
  if (path === undefined) return null;
  return {
    type: path.endsWith('.png') ? 'image/png' : 'application/gzip',
    body: readFileSync(path),
    headers: { 'Content-Disposition': `attachment; filename="${basename(path)}"` },
  };
}

function named(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new RequestError(`serveSegmentation: the request must name ${name}`);
  if (value.length > 4096) throw new ArgumentError(`serveSegmentation: ${name} is too long`);
  return value;
}
