import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkDataset } from '../../lib/datasets/doctor/check-dataset.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { temporaryFolder, writeMiniatureDynamic } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);

it('finds a frame that is damaged in the middle of a clip only where every frame is decoded', async () => {
  await writeMiniatureDynamic(folder.path);
  const path = join(folder.path, 'Videos', '0X2A.avi');
  const bytes = readFileSync(path);
  // The sixth JPEG of the clip: its quantisation tables and everything after are zeroed.
  let start = 0;
  for (let frame = 0; frame <= 5; frame++) start = bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff]), start + 1);
  bytes.fill(0, start + 2, start + 200);
  writeFileSync(path, bytes);
  const damaged = async (depth: 'ends' | 'all'): Promise<string[]> => {
    const { findings } = await checkDataset(openDataset('echonet-dynamic', folder.path), { depth });
    return findings.filter(({ code }) => code === 'damaged-file').map(({ where, message }) => `${where}: ${message}`);
  };
  expect(await damaged('ends')).toEqual([]);
  const found = await damaged('all');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/0X2A\.avi: frame 5: /);
}, 60_000);
