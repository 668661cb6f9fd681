import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, findChromium, openBrowser } from '../../lib/figures/figure.js';
import { readNifti } from '../../lib/imaging/nifti/read-nifti.js';
import type { LocalServer } from '../../lib/interactive/local-server.js';
import { locateFrames } from '../../lib/interactive/locate-frames.js';
import { compileSegmenter } from '../../lib/interactive/prompt-segmenter.js';
import { serveSegmentation } from '../../lib/interactive/segment-page.js';
import { SegmentationSession } from '../../lib/interactive/segmentation-session.js';
import { temporaryFolder, writeMiniatureCamus, writeMiniatureDynamic } from '../datasets/miniature.js';
import { randomSegmenter } from './random-segmenter.js';

const folder = temporaryFolder();
let server: LocalServer;
let session: SegmentationSession;

beforeAll(async () => {
  writeMiniatureCamus(join(folder.path, 'camus'));
  await writeMiniatureDynamic(join(folder.path, 'dynamic'));
  const groups = ['camus', 'dynamic'].flatMap((name) => locateFrames(join(folder.path, name)));
  session = new SegmentationSession(groups, await compileSegmenter(randomSegmenter(), 'test'));
  server = await serveSegmentation(session, { saveFolder: join(folder.path, 'masks') });
}, 60_000);
afterAll(async () => {
  await server.close();
  await session.close();
  folder.remove();
});

async function post(path: string, body: unknown): Promise<{ status: number; value: Record<string, unknown> }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, value: (await response.json()) as Record<string, unknown> };
}

describe('serveSegmentation', () => {
  it('sends a page that may load nothing from elsewhere', async () => {
    const page = await fetch(server.url);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(await page.text()).not.toMatch(/(?:src|href)="https?:|style=|onclick=/);
    expect((await fetch(`${server.url}page/main.js`)).headers.get('content-type')).toContain('text/javascript');
    for (const path of ['page/../main.js', 'page/wire.js', 'page/none.js', 'saved/x.png', 'saved/..%2Fx']) {
      expect((await fetch(server.url + path)).status).toBe(404);
    }
  });

  it('finds clips by words', async () => {
    const found = await (await fetch(`${server.url}api/clips?group=camus&search=A2C%20patient0002`)).json();
    expect(found).toEqual({ total: 1, clips: [{ id: 'patient0002_2CH', title: 'patient0002_2CH, A2C' }] });
  });

  it('refuses what the page would not send, in words', async () => {
    const place = { group: 'camus', clip: 'patient0001_4CH', frame: 0 };
    const cases: readonly [unknown, RegExp][] = [
      [{ place, steps: [] }, /steps/],
      [{ place, steps: [{ kind: 'point', x: 'a', y: 1, inside: true }] }, /steps\.0\.x/],
      [{ place: { ...place, frame: -1 }, steps: [] }, /place\.frame/],
      [{ place, steps: [{ kind: 'text', text: 'spleen' }] }, /it knows left ventricle, left atrium/],
      [{ place: { ...place, clip: 'nobody' }, steps: [{ kind: 'text', text: 'x' }] }, /has no clip nobody/],
      ['text', /the request/],
    ];
    for (const [body, message] of cases) {
      const { status, value } = await post('api/segment', body);
      expect(status).toBe(400);
      expect((value.error as { message: string }).message).toMatch(message);
    }
  });
});

describe.skipIf(findChromium() === null)('the page in Chromium (skipped where there is none)', () => {
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const browser = await openBrowser();
    page = await (browser as NonNullable<typeof browser>).newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('400')) errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) errors.push(request.url());
    });
    await page.goto(server.url);
    await page.waitForSelector('html[data-ready="true"]');
  }, 60_000);
  afterAll(() => closeBrowser(), 60_000);

  /** Does something and waits for the mask that it leads to. */
  async function untilMask(act: () => Promise<unknown>): Promise<void> {
    await page.evaluate("delete document.getElementById('timing').dataset.ms");
    await act();
    await page.waitForSelector('#timing[data-ms]');
  }
  /** A place of the canvas as fractions of its sides. */
  async function at(x: number, y: number): Promise<readonly [number, number]> {
    const box = (await page.locator('#canvas').boundingBox())!;
    return [box.x + x * box.width, box.y + y * box.height];
  }
  const facts = (place: number): Promise<string | null> => page.locator('#objects .facts').nth(place).textContent();

  it('starts on a frame with a truth, at end-diastole', async () => {
    expect(await page.locator('#frameNumber').textContent()).toMatch(/^\d+ \/ \d+$/);
    expect(await page.locator('[data-mark][aria-pressed="true"]').textContent()).toBe('ED');
    expect(await page.locator('#dice tr').allTextContents()).toContain('left ventricle–');
    expect(await page.locator('#png').isDisabled()).toBe(true);
  });

  it('turns clicks into a mask with its Dice, and refines it', async () => {
    await untilMask(async () => page.mouse.click(...(await at(0.5, 0.4))));
    expect(await facts(0)).toMatch(/^[\d.]+ cm² · Dice 0\.\d{3} · 1 prompt$/);
    await untilMask(async () => page.mouse.click(...(await at(0.45, 0.6)), { button: 'right' }));
    expect(await facts(0)).toMatch(/ 2 prompts$/);
    expect(await page.locator('#status').textContent()).toMatch(/^object 1: \d+ px/);
  });

  it('undoes, redoes and clears, and comes back to the same mask', async () => {
    const after = await facts(0);
    await page.keyboard.press('Control+z');
    expect(await facts(0)).toMatch(/ 1 prompt$/);
    await page.locator('#redo').click();
    expect(await facts(0)).toBe(after);
    await page.locator('#clear').click();
    expect(await facts(0)).toBe('no prompt yet');
    await page.keyboard.press('Control+z');
    expect(await facts(0)).toBe(after);
  });

  it('takes a box by dragging and a text by name, each for an object of its own', async () => {
    await page.keyboard.press('n');
    await page.keyboard.press('b');
    await untilMask(async () => {
      await page.mouse.move(...(await at(0.4, 0.3)));
      await page.mouse.down();
      await page.mouse.move(...(await at(0.5, 0.5)), { steps: 3 });
      await page.mouse.move(...(await at(0.6, 0.7)));
      await page.mouse.up();
    });
    expect(await facts(1)).toMatch(/ 1 prompt$/);
    await page.locator('#new').click();
    await page.keyboard.press('/');
    await untilMask(async () => {
      await page.keyboard.type('Left Atrium');
      await page.keyboard.press('Enter');
    });
    const names = page.locator('#objects input');
    expect(await Promise.all([0, 1, 2].map((i) => names.nth(i).inputValue()))).toEqual([
      'object 1',
      'object 2',
      'Left Atrium',
    ]);
    expect(await page.locator('#objects li[data-selected="true"]').count()).toBe(1);
  });

  it('says kindly what the model does not know, and takes it back', async () => {
    await page.locator('#text').fill('spleen');
    await page.locator('#text').press('Enter');
    await page.waitForSelector('#alert:not([hidden])');
    expect(await page.locator('#alert p').textContent()).toBe(
      'This model was not taught "spleen"; it knows left ventricle, left atrium.',
    );
    expect(await facts(2)).toMatch(/ 1 prompt$/);
    await page.keyboard.press('Escape');
    expect(await page.locator('#alert').isHidden()).toBe(true);
  });

  it('works by keys alone', async () => {
    await page.keyboard.press('1');
    await page.keyboard.press('i');
    await page.locator('#canvas').focus();
    await page.keyboard.press('ArrowRight');
    await untilMask(() => page.keyboard.press('Enter'));
    expect(await facts(0)).toMatch(/ 3 prompts$/);
    await page.keyboard.press('?');
    expect(await page.locator('#helpBox').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    expect(await page.locator('#truth').isChecked()).toBe(false);
    await page.keyboard.press('t');
  });

  it('saves PNG and NIfTI that agree, with the spacing of the file', async () => {
    const saved = page.locator('#saved a');
    await page.locator('#png').click();
    await saved.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), saved.click()]);
    expect(download.suggestedFilename()).toMatch(/^camus-patient0001_4CH-frame\d{3}\.png$/);
    await page.locator('#nifti').click();
    await page.locator('#saved', { hasText: '.nii.gz' }).waitFor();
    const files = readdirSync(join(folder.path, 'masks')).sort();
    expect(files.map((name) => name.replace(/^.*frame\d+/, ''))).toEqual(['.json', '.nii.gz', '.png']);
    const volume = await readNifti(join(folder.path, 'masks', files[1]!));
    const frame = await session.frame({ group: 'camus', clip: 'patient0001_4CH', frame: 0 });
    expect(volume.shape.slice(0, 2)).toEqual([frame.image.width, frame.image.height]);
    expect(volume.spacing[0]).toBeCloseTo(frame.spacing!.xMillimetres, 6);
    const labels = JSON.parse(readFileSync(join(folder.path, 'masks', files[0]!), 'utf8')).labels;
    expect(labels.map(({ name }: { name: string }) => name)).toEqual(['object 1', 'object 2', 'Left Atrium']);
    expect(existsSync(join(folder.path, 'masks', files[2]!))).toBe(true);
  });

  it('keeps the work on a frame while others are looked at', async () => {
    await page.keyboard.press('.');
    await page.locator('#objects', { hasText: 'no prompt yet' }).waitFor();
    expect(await page.locator('#objects li').count()).toBe(1);
    await page.keyboard.press(',');
    await page.locator('#objects li').nth(2).waitFor();
  });

  it('asks how large a pixel is before it claims millimetres', async () => {
    await page.locator('#group').selectOption('echonet-dynamic');
    await page.waitForSelector('#millimetres');
    await page.locator('[data-tool="inside"]').click();
    await untilMask(async () => page.mouse.click(...(await at(0.5, 0.5))));
    expect(await facts(0)).toContain(' px ');
    await page.locator('#nifti').click();
    await page.waitForSelector('#alert:not([hidden])');
    expect(await page.locator('#alert p').textContent()).toContain('does not say how large a pixel is');
    await page.locator('#millimetres').fill('0.5');
    await page.locator('#millimetres').press('Tab');
    expect(await facts(0)).toContain('cm²');
    await page.locator('#nifti').click();
    await page.locator('#saved', { hasText: '.nii.gz' }).waitFor();
  });

  it('fits a phone, names everything that can be pressed, and asked nobody else', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const canvas = (await page.locator('#canvas').boundingBox())!;
    expect(canvas.height).toBeGreaterThan(300);
    for (const button of await page.locator('button:visible').all()) {
      const name = (await button.getAttribute('aria-label')) ?? (await button.textContent());
      expect(name?.trim()).not.toBe('');
      const box = (await button.boundingBox())!;
      if (box.height > 0) expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
    }
    expect(errors).toEqual([]);
  });
});

if (findChromium() === null) console.log('segment page: no Chromium found; the page is not opened in a browser');
