import { describe, expect, it } from 'vitest';
import { historyFrom, record, redo, undo } from '../../lib/interactive/page/history.js';
import * as objects from '../../lib/interactive/page/objects.js';
import { fitted, moved, toCanvas, toFrame, zoomedAt } from '../../lib/interactive/page/viewport.js';

describe('history', () => {
  it('goes back and forth, and forgets what was undone once something else is done', () => {
    const walked = [2, 3, 4].reduce((history, value) => record(history, value), historyFrom(1));
    expect(undo(undo(walked)).present).toBe(2);
    expect(redo(undo(undo(walked))).present).toBe(3);
    const other = record(undo(undo(walked)), 9);
    expect(redo(other)).toBe(other);
    expect(undo(other).present).toBe(2);
  });

  it('does nothing at its ends or for the same state', () => {
    const start = historyFrom('a');
    expect([undo(start), redo(start), record(start, 'a')]).toEqual([start, start, start]);
    const long = Array.from({ length: 500 }, (_value, i) => i).reduce((one, i) => record(one, i), historyFrom(-1));
    expect(long.past).toHaveLength(200);
  });
});

describe('objects', () => {
  const colours = ['#111111', '#222222'];
  const point = { kind: 'point', x: 1, y: 2, inside: true } as const;

  it('gives prompts to the selected object alone', () => {
    const two = objects.withNewObject(objects.withStep(objects.firstObjects(colours), point), colours);
    const after = objects.withStep(two, { ...point, inside: false });
    expect(after.objects.map(({ steps }) => steps.length)).toEqual([1, 1]);
    expect(objects.selectedObject(after)).toMatchObject({ id: 2, colour: '#222222' });
    expect(objects.cleared(after).objects.map(({ steps }) => steps.length)).toEqual([1, 0]);
  });

  it('is named by its text unless a person named it', () => {
    const start = objects.firstObjects(colours);
    const text = { kind: 'text', text: 'left atrium' } as const;
    expect(objects.selectedObject(objects.withStep(start, text)).name).toBe('left atrium');
    const named = objects.renamed(start, 1, '  wall ');
    expect(objects.selectedObject(objects.withStep(named, text)).name).toBe('wall');
    expect(objects.renamed(start, 1, '  ')).toBe(start);
  });

  it('offers the empty object instead of a second one, and never has none', () => {
    const start = objects.firstObjects(colours);
    expect(objects.withNewObject(start, colours)).toBe(start);
    expect(objects.withoutObject(objects.withStep(start, point), 1, colours)).toEqual(start);
    const two = objects.withNewObject(objects.withStep(start, point), colours);
    expect(objects.withoutObject(two, 2, colours)).toMatchObject({ selected: 1, objects: [{ id: 1 }] });
    expect(objects.selecting(two, 7)).toBe(two);
  });
});

describe('viewport', () => {
  const [frame, canvas] = [
    { width: 200, height: 100 },
    { width: 400, height: 400 },
  ];

  it('fits a frame and centres it', () => {
    expect(fitted(frame, canvas)).toEqual({ scale: 2, x: 0, y: 100 });
  });

  it('keeps the place under the pointer when it zooms', () => {
    const at = [130, 190] as const;
    const before = zoomedAt(fitted(frame, canvas), 5, [200, 200], frame, canvas);
    const after = zoomedAt(before, 1.7, at, frame, canvas);
    for (const [axis, value] of toFrame(before, at).entries()) expect(toFrame(after, at)[axis]).toBeCloseTo(value, 9);
    const there = toCanvas(after, toFrame(after, at));
    for (const [axis, value] of at.entries()) expect(there[axis]).toBeCloseTo(value, 9);
  });

  it('neither shrinks below the fit nor loses the frame', () => {
    expect(zoomedAt(fitted(frame, canvas), 0.1, [0, 0], frame, canvas)).toEqual(fitted(frame, canvas));
    const far = moved(zoomedAt(fitted(frame, canvas), 8, [200, 200], frame, canvas), 1e6, -1e6, frame, canvas);
    expect([far.x, far.y]).toEqual([0, canvas.height - far.scale * frame.height]);
  });
});
