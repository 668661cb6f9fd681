import { ArgumentError } from '../core/errors.js';
import { type Figure, type FigureLabels, type Layout, makeFigure, type Trace } from './make-figure.js';

/** A body's surface. V = vertices, T = triangles. */
export interface SpaceSurface {
  readonly name: string;
  /** `#RRGGBB`. */
  readonly colour: string;
  /** 1 opaque; below, glass. */
  readonly opacity: number;
  /** `[V, 3]`, mm. */
  readonly positions: readonly number[];
  /** `[T, 3]`, vertex numbers. */
  readonly triangles: readonly number[];
}

export interface SurfacesInSpaceInput extends FigureLabels {
  readonly caption: string;
  readonly altText: string;
  readonly surfaces: readonly SpaceSurface[];
  /** Direction from the middle to the viewer; longer is farther away. */
  readonly eye: readonly [number, number, number];
  /** What is drawn where there is no WebGL, and in every static form. */
  readonly still: Figure;
}

/**
 * Surfaces that the reader turns, one trace a surface, the axes in mm at one scale; the z axis points up.
 *
 * @throws {ArgumentError} if there is no surface, or a triangle names a vertex that is not there
 */
export function surfacesInSpace(input: SurfacesInSpaceInput): Figure {
  const { name, title, caption, altText, dataOrigin, surfaces, still, eye } = input;
  if (surfaces.length === 0) throw new ArgumentError('surfacesInSpace: needs at least one surface, got none');
  const figure = makeFigure({ name, title, caption, altText, dataOrigin }, surfaces.map(trace), {
    plotHeight: 520,
    axisHeight: 8,
    margin: { l: 8, r: 8 },
    legendBelow: true,
    scene: {
      aspectmode: 'data',
      dragmode: 'turntable',
      // in perspective, which is plotly's default: in its parallel projection surfaces are drawn without light
      camera: {
        eye: { x: eye[0], y: eye[1], z: eye[2] },
        up: { x: 0, y: 0, z: 1 },
      },
      xaxis: axis('x (mm)'),
      yaxis: axis('y (mm)'),
      zaxis: axis('z (mm)'),
    },
    phone: { plotHeight: 360 },
  });
  return { ...figure, still };
}

function trace({ name, colour, opacity, positions, triangles }: SpaceSurface): Trace {
  const vertices = positions.length / 3;
  const wrong = triangles.find((vertex) => !(vertex < vertices));
  if (wrong !== undefined) {
    throw new ArgumentError(`surfacesInSpace: ${name}: triangles must be of ${vertices} vertices, got number ${wrong}`);
  }
  const every = (values: readonly number[], first: number): number[] => values.filter((_, n) => n % 3 === first);
  return {
    type: 'mesh3d',
    name,
    x: every(positions, 0),
    y: every(positions, 1),
    z: every(positions, 2),
    i: every(triangles, 0),
    j: every(triangles, 1),
    k: every(triangles, 2),
    color: colour,
    opacity,
    showlegend: true,
    hovertemplate: `%{x:.0f}, %{y:.0f}, %{z:.0f} mm<extra>${name}</extra>`,
    lighting: { ambient: 0.5, diffuse: 0.7, specular: 0.15, roughness: 0.7, fresnel: 0.1 },
    lightposition: { x: -400, y: -1000, z: 800 },
  };
}

function axis(title: string): Layout {
  return {
    title: { text: title },
    showbackground: false,
    gridcolor: '#e8e8e8',
    zeroline: false,
    nticks: 6,
    tickfont: { size: 11 },
  };
}
