import type { RgbaImage } from './picture.js';
import type { Point3, SurfaceMesh } from './surface-net.js';

/** From where a scene is seen, without perspective. */
export interface Camera {
  /** Unit vectors to the right of and down the picture, at right angles. */
  readonly right: Point3;
  readonly down: Point3;
  /** The point in the middle of the picture. */
  readonly centre: Point3;
  /** Length that the picture's width shows. */
  readonly span: number;
}

/** A surface with its looks. */
export interface ShadedSurface {
  readonly mesh: SurfaceMesh;
  /** `#RRGGBB`. */
  readonly colour: string;
  /** 1 opaque (default); below, the surface is glass: clearer where it faces the viewer, denser at its rim. */
  readonly opacity?: number;
}

/** Pixels are averages of 2 x 2. */
const OVERSAMPLING = 2;
/** Light from the left, above and before the picture; right, down, forward. */
const LIGHT: Point3 = [-0.45, -0.6, -0.66];

/** What one surface leaves at each fine pixel. */
interface Layer {
  /** Distance from the viewer; infinite where the surface is not. */
  readonly depth: Float32Array;
  readonly light: Float32Array;
  /** 0 facing the viewer to 1 seen edge on. */
  readonly rim: Float32Array;
  readonly colour: Point3;
  readonly opacity: number;
}

/**
 * Draws surfaces, shaded, on white: hidden parts by a depth buffer, outlines where one opaque surface ends.
 *
 * Deviates: panes of glass are laid over each other in the order given, not by depth, and of each only the nearest face is drawn.
 *
 * Needs no graphics hardware; the same scene gives the same bytes everywhere.
 *
 * @param size pixels a side
 */
export function drawSurfaces(surfaces: readonly ShadedSurface[], camera: Camera, size: number): RgbaImage {
  const fine = size * OVERSAMPLING;
  const layers = surfaces.map((surface) => drawLayer(surface, camera, fine));
  const solid = layers.filter(({ opacity }) => opacity === 1);
  const glass = layers.filter(({ opacity }) => opacity < 1);
  const front = new Int16Array(fine * fine);
  for (let pixel = 0; pixel < front.length; pixel++) front[pixel] = nearest(solid, pixel);
  const image = new Float32Array(3 * fine * fine).fill(255);
  for (let pixel = 0; pixel < fine * fine; pixel++) {
    const layer = solid[front[pixel]!];
    const depth = layer?.depth[pixel] ?? Number.POSITIVE_INFINITY;
    if (layer !== undefined) {
      const line = isOutline(front, pixel, fine) ? 0.55 : 1;
      blend(image, pixel, layer.colour, layer.light[pixel]! * line, 1);
    }
    for (const pane of glass) {
      if (pane.depth[pixel]! >= depth) continue;
      const rim = pane.rim[pixel]!;
      blend(image, pixel, pane.colour, pane.light[pixel]!, pane.opacity + (1 - pane.opacity) * 0.8 * rim * rim * rim);
    }
  }
  return average(image, size);
}

function drawLayer({ mesh, colour, opacity = 1 }: ShadedSurface, camera: Camera, fine: number): Layer {
  const { positions, normals, triangles } = mesh;
  const { right, down, centre } = camera;
  const forward = cross(right, down);
  const scale = fine / camera.span;
  const light3 = [0, 1, 2].map(
    (n) => LIGHT[0] * right[n]! + LIGHT[1] * down[n]! + LIGHT[2] * forward[n]!,
  ) as unknown as Point3;
  const count = positions.length / 3;
  const across = new Float32Array(count);
  const along = new Float32Array(count);
  const away = new Float32Array(count);
  const light = new Float32Array(count);
  const rim = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    const x = positions[3 * n]! - centre[0];
    const y = positions[3 * n + 1]! - centre[1];
    const z = positions[3 * n + 2]! - centre[2];
    across[n] = fine / 2 + scale * (x * right[0] + y * right[1] + z * right[2]);
    along[n] = fine / 2 + scale * (x * down[0] + y * down[1] + z * down[2]);
    away[n] = x * forward[0] + y * forward[1] + z * forward[2];
    const facing = -(
      normals[3 * n]! * forward[0] +
      normals[3 * n + 1]! * forward[1] +
      normals[3 * n + 2]! * forward[2]
    );
    const towardsLight =
      normals[3 * n]! * light3[0] + normals[3 * n + 1]! * light3[1] + normals[3 * n + 2]! * light3[2];
    // both faces of a surface are lit
    const lit = facing < 0 ? -towardsLight : towardsLight;
    light[n] = (0.5 + 0.58 * Math.max(0, lit)) * (1 - 0.12 * Math.max(-1, Math.min(1, away[n]! / (camera.span / 2))));
    rim[n] = 1 - Math.abs(facing);
  }
  const layer: Layer = {
    depth: new Float32Array(fine * fine).fill(Number.POSITIVE_INFINITY),
    light: new Float32Array(fine * fine),
    rim: new Float32Array(fine * fine),
    colour: channels(colour),
    opacity,
  };
  const projected = { across, along, away, light, rim };
  for (let t = 0; t < triangles.length; t += 3) {
    fillTriangle(layer, fine, triangles[t]!, triangles[t + 1]!, triangles[t + 2]!, projected);
  }
  return layer;
}

interface Projected {
  readonly across: Float32Array;
  readonly along: Float32Array;
  readonly away: Float32Array;
  readonly light: Float32Array;
  readonly rim: Float32Array;
}

function fillTriangle(layer: Layer, fine: number, a: number, b: number, c: number, projected: Projected): void {
  const { across, along, away, light, rim } = projected;
  const ax = across[a]!;
  const bx = across[b]!;
  const cx = across[c]!;
  const ay = along[a]!;
  const by = along[b]!;
  const cy = along[c]!;
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  if (area === 0) return;
  const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const rightmost = Math.min(fine - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(fine - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= rightmost; column++) {
      const x = column + 0.5;
      const y = row + 0.5;
      const wa = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area;
      const wb = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area;
      const wc = 1 - wa - wb;
      if (wa < 0 || wb < 0 || wc < 0) continue;
      const pixel = row * fine + column;
      const depth = wa * away[a]! + wb * away[b]! + wc * away[c]!;
      if (depth >= layer.depth[pixel]!) continue;
      layer.depth[pixel] = depth;
      layer.light[pixel] = wa * light[a]! + wb * light[b]! + wc * light[c]!;
      layer.rim[pixel] = wa * rim[a]! + wb * rim[b]! + wc * rim[c]!;
    }
  }
}

/** Number of the layer in front at a pixel, -1 for none. */
function nearest(layers: readonly Layer[], pixel: number): number {
  let best = -1;
  let depth = Number.POSITIVE_INFINITY;
  for (let n = 0; n < layers.length; n++) {
    const own = layers[n]!.depth[pixel]!;
    if (own < depth) {
      depth = own;
      best = n;
    }
  }
  return best;
}

/** True where the surface in front changes. */
function isOutline(front: Int16Array, pixel: number, fine: number): boolean {
  const own = front[pixel]!;
  return (
    front[pixel - 1] !== own || front[pixel + 1] !== own || front[pixel - fine] !== own || front[pixel + fine] !== own
  );
}

function blend(image: Float32Array, pixel: number, colour: Point3, light: number, opacity: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const at = 3 * pixel + channel;
    image[at] = image[at]! * (1 - opacity) + Math.min(255, colour[channel]! * light) * opacity;
  }
}

function average(image: Float32Array, size: number): RgbaImage {
  const fine = size * OVERSAMPLING;
  const data = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = 4 * (row * size + column);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let n = 0; n < OVERSAMPLING ** 2; n++) {
          const y = row * OVERSAMPLING + Math.floor(n / OVERSAMPLING);
          const x = column * OVERSAMPLING + (n % OVERSAMPLING);
          sum += image[3 * (y * fine + x) + channel]!;
        }
        data[at + channel] = sum / OVERSAMPLING ** 2;
      }
      data[at + 3] = 255;
    }
  }
  return { width: size, height: size, data };
}

function channels(hex: string): Point3 {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function cross([ax, ay, az]: Point3, [bx, by, bz]: Point3): Point3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
