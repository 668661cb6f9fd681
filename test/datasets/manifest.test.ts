import { describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { LAYOUTS, manifestNames, parseManifest, readManifest } from '../../lib/datasets/manifest.js';

describe('manifests', () => {
  it.each(manifestNames())('%s is complete', (name) => {
    const manifest = readManifest(name);
    expect(manifest.name).toBe(name);
    if (manifest.phantomOf !== undefined) {
      const original = readManifest(manifest.phantomOf);
      expect(original.origin).toBe('real');
      expect(original.layout).toBe(manifest.layout);
    }
  });

  it('cover every layout with a real set and a phantom twin', () => {
    const manifests = manifestNames().map(readManifest);
    for (const origin of ['real', 'phantom']) {
      const layouts = manifests.filter((manifest) => manifest.origin === origin).map(({ layout }) => layout);
      expect(new Set(layouts)).toEqual(new Set(LAYOUTS));
    }
  });

  it("carry the paper's Table 8", () => {
    expect(readManifest('echonet-dynamic').expectedCounts).toMatchObject({ patients: 10030, annotatedFrames: 20048 });
    expect(readManifest('camus').expectedCounts.patients).toBe(500);
    expect(readManifest('echonet-pediatric').expectedCounts).toMatchObject({
      patients: 1958,
      videosA4C: 3176,
      videosPSAX: 4424,
    });
  });

  it('name the file and the field when they are wrong', () => {
    const good = readManifest('camus');
    expect(() => parseManifest({ ...good, licence: { name: 'x' } }, 'bad.json')).toThrow(/bad\.json.*licence\.name/);
    expect(() => parseManifest({ ...good, colour: 1 }, 'bad.json')).toThrow(DataError);
    expect(() => parseManifest({ ...good, origin: 'phantom' }, 'bad.json')).toThrow('phantomOf');
    expect(() => readManifest('no-such-set')).toThrow('known are camus');
    expect(() => readManifest('/nowhere/x.json')).toThrow(DataError);
  });
});
