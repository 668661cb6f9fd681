import { describe, expect, it } from 'vitest';
import { distributionPanels } from '../../lib/figures/distribution-panels.js';
import { pictureSlider } from '../../lib/figures/picture-slider.js';
import { drawSurfaces } from '../../lib/figures/shaded-surfaces.js';
import { type Point3, type ScalarLattice, type SurfaceMesh, surfaceNet } from '../../lib/figures/surface-net.js';

/** Values that fall linearly from a sphere's middle; level 0.5 is the sphere of the given radius. */
function ball(radius: number, centre: Point3 = [0, 0, 0]): ScalarLattice {
  const n = 41;
  const spacing = 0.5;
  const values = new Float32Array(n ** 3);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        const place = [i, j, k].map((index, axis) => (index - 20) * spacing - centre[axis]!);
        values[(k * n + j) * n + i] = 0.5 + radius - Math.hypot(...place);
      }
    }
  }
  const axes: ScalarLattice['axes'] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return { values, shape: [n, n, n], origin: [-10, -10, -10], axes, spacing };
}

/** Volume inside a closed mesh by the divergence theorem; positive when its triangles face outwards. */
function enclosed({ positions, triangles }: SurfaceMesh): number {
  const at = (vertex: number): Point3 => [
    positions[3 * vertex]!,
    positions[3 * vertex + 1]!,
    positions[3 * vertex + 2]!,
  ];
  let volume = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [at(triangles[t]!), at(triangles[t + 1]!), at(triangles[t + 2]!)];
    volume +=
      (a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])) /
      6;
  }
  return volume;
}

describe('surfaceNet', () => {
  it('encloses the volume of a ball, faces outwards and is closed', () => {
    const mesh = surfaceNet(ball(7));
    // 4/3 pi 7^3, hand-solved; faces are chords and lose about (spacing / radius)^2 = 0.5 %
    const share = enclosed(mesh) / ((4 / 3) * Math.PI * 343);
    expect(share).toBeGreaterThan(0.99);
    expect(share).toBeLessThan(1);
    for (let n = 0; n < mesh.positions.length; n += 3) {
      const place = [...mesh.positions.subarray(n, n + 3)];
      const length = Math.hypot(...place);
      expect(Math.abs(length - 7)).toBeLessThan(0.1);
      expect(place.reduce((sum, value, axis) => sum + (value / length) * mesh.normals[n + axis]!, 0)).toBeGreaterThan(
        0.97,
      );
    }
    // Euler: V - E + F = 2 for one closed surface without a handle, and E = 3 F / 2
    const faces = mesh.triangles.length / 3;
    expect(mesh.positions.length / 3 - (3 * faces) / 2 + faces).toBe(2);
  });

  it('refuses values that do not fill the lattice', () => {
    expect(() => surfaceNet({ ...ball(3), values: new Float32Array(5) })).toThrow(/41 x 41 x 41 = 68921, got 5/);
  });
});

describe('drawSurfaces', () => {
  const camera = { right: [1, 0, 0], down: [0, 1, 0], centre: [0, 0, 0], span: 20 } as const;
  const pixel = (data: Uint8ClampedArray, x: number, y: number): number[] => [
    ...data.subarray(4 * (y * 40 + x), 4 * (y * 40 + x) + 3),
  ];

  it('draws the disc of a ball in its colour on white', () => {
    const { data } = drawSurfaces([{ mesh: surfaceNet(ball(7)), colour: '#0000ff' }], camera, 40);
    let inside = 0;
    for (let n = 0; n < 1600; n++) if (data[4 * n]! < 128) inside++;
    // pi 7^2 of 20 x 20, hand-solved; 40 x 40 pixels
    expect(inside / 1600).toBeCloseTo((Math.PI * 49) / 400, 2);
    expect(pixel(data, 0, 0)).toEqual([255, 255, 255]);
    const [red, green, blue] = pixel(data, 20, 20);
    expect([red, green]).toEqual([0, 0]);
    expect(blue).toBeGreaterThan(150);
  });

  it('hides what lies behind, and shows it through glass', () => {
    // the camera looks along +z: the red ball at z = -6 is in front
    const front = surfaceNet(ball(2, [0, 0, -6]));
    const behind = { mesh: surfaceNet(ball(2, [0, 0, 6])), colour: '#0000ff' };
    const solid = drawSurfaces([behind, { mesh: front, colour: '#ff0000' }], camera, 40).data;
    expect(pixel(solid, 20, 20)[2]).toBe(0);
    const glass = drawSurfaces([behind, { mesh: front, colour: '#ff0000', opacity: 0.3 }], camera, 40).data;
    expect(pixel(glass, 20, 20)[0]).toBeGreaterThan(40);
    expect(pixel(glass, 20, 20)[2]).toBeGreaterThan(80);
  });
});

describe('pictureSlider', () => {
  const labels = { name: 'f', title: 'T', dataOrigin: 'phantom' } as const;
  const panel = { heading: 'h', aspect: 1, sources: ['data:a', 'data:b'] };

  it('changes every picture and moves the mark', () => {
    const figure = pictureSlider({
      ...labels,
      panels: [panel, panel],
      stops: ['one', 'two'],
      prefix: 'at ',
      active: 1,
      curve: {
        abscissa: 'x',
        ordinate: 'y',
        x: [0, 1],
        y: [2, 3],
        stops: [
          { x: 0, y: 2 },
          { x: 1, y: 3 },
        ],
      },
    });
    const [{ steps }] = figure.layout.sliders as [{ steps: { args: unknown[] }[] }];
    expect(steps[0]?.args).toEqual([
      { x: [[0]], y: [[2]] },
      { 'images[0].source': 'data:a', 'images[1].source': 'data:a' },
      [1],
    ]);
    expect((figure.layout.images as { source: string }[]).map(({ source }) => source)).toEqual(['data:b', 'data:b']);
    expect(figure.data[1]?.x).toEqual([1]);
  });

  it('refuses a panel without a picture for each stop', () => {
    expect(() => pictureSlider({ ...labels, panels: [panel], stops: ['one'], prefix: '' })).toThrow(
      /h must have one entry/,
    );
    expect(() => pictureSlider({ ...labels, panels: [panel], stops: ['one', 'two'], prefix: '', active: 2 })).toThrow(
      /stop 2/,
    );
  });
});

describe('distributionPanels', () => {
  const labels = { name: 'f', title: 'T', dataOrigin: 'phantom' } as const;

  it('gives every group of a quantity the same bins', () => {
    const { data } = distributionPanels({
      ...labels,
      groups: ['a', 'b'],
      panels: [{ quantity: 'q (mm)', binWidth: 2, values: [[1, 2], [7]] }],
    });
    expect(data.map(({ xbins }) => xbins)).toEqual([
      { start: 0, end: 8, size: 2 },
      { start: 0, end: 8, size: 2 },
    ]);
  });

  it('refuses empty and missing groups', () => {
    const panel = { quantity: 'q', binWidth: 1, values: [[1], []] };
    expect(() => distributionPanels({ ...labels, groups: ['a', 'b'], panels: [panel] })).toThrow(
      /values in every group/,
    );
    expect(() => distributionPanels({ ...labels, groups: ['a'], panels: [panel] })).toThrow(/1 lists, got 2/);
  });
});
