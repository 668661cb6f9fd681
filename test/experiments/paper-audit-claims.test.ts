import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimsLedger } from '../../lib/paper/claims.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'echolab-claims-'));
const claims = (...options: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [MAIN, 'claims', ...options], { cwd: folder, encoding: 'utf8' });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('echolab claims', () => {
  it('gives the ledger as JSON and as a page', () => {
    const { status, stdout } = claims('--json', '--page', 'claims.html');
    expect(status).toBe(0);
    const ledger = claimsLedger();
    expect((JSON.parse(String(stdout)) as { claims: unknown }).claims).toEqual(ledger);
    const page = readFileSync(join(folder, 'claims.html'), 'utf8');
    for (const { id } of ledger) expect(page, id).toContain(`<article id="${id}"`);
    expect(page).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)="https?:/);
  });

  it('prints one verdict on request', () => {
    const { status, stdout } = claims('--verdict', 'does not follow');
    expect(status).toBe(0);
    expect(String(stdout)).toMatch(/Abstract\s+average zero-shot Dice, EchoApex-SAM-S\s+0\.877\s+0\.8436/);
    expect(String(stdout)).toContain('0 holds,');
  });
});
