import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Claim, dropClaim, liveClaim, readClaim, renewClaim, takeClaim } from '../../lib/sweeps/claim.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-claim-'));
  path = join(folder, 'deep', 'claim.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts someone else's claim there. */
function plant(changes: Partial<Claim>): void {
  const own = takeClaim(path) as Claim;
  writeFileSync(path, JSON.stringify({ ...own, token: 'other', ...changes }));
}

/** Number of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('takeClaim', () => {
  it('is given to one, until dropped', () => {
    const first = takeClaim(path, '12_3') as Claim;
    expect(first).toMatchObject({ pid: process.pid, job: '12_3' });
    expect(takeClaim(path)).toBeUndefined();
    expect(liveClaim(path)?.token).toBe(first.token);
    dropClaim(path, first);
    expect(existsSync(path)).toBe(false);
    expect(takeClaim(path)).toBeDefined();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['claim.json']);
  });

  it('takes over from a process of this machine that has ended', () => {
    plant({ pid: endedPid() });
    expect(liveClaim(path)).toBeUndefined();
    expect(takeClaim(path)?.token).not.toBe('other');
  });

  it.runIf(process.platform === 'linux')('is not deceived by a process number that was used again', () => {
    plant({ started: '1' });
    expect(takeClaim(path)).toBeDefined();
  });

  it('takes over from another machine only after three minutes without a sign of life', () => {
    plant({ host: 'elsewhere', pid: endedPid() });
    expect(takeClaim(path)).toBeUndefined();
    const longAgo = Date.now() / 1000 - 181;
    utimesSync(path, longAgo, longAgo);
    expect(takeClaim(path)).toBeDefined();
  });
});

describe('renewClaim and dropClaim', () => {
  it('say what the holder is at', () => {
    const claim = takeClaim(path) as Claim;
    renewClaim(path, claim, 'step 3/7');
    expect(readClaim(path)).toEqual({ ...claim, doing: 'step 3/7' });
  });

  it('leave alone what someone else has taken since', () => {
    const claim = takeClaim(path) as Claim;
    plantOver('other');
    renewClaim(path, claim, 'step 3/7');
    expect(readClaim(path)).toMatchObject({ token: 'other', doing: '' });
    dropClaim(path, claim);
    expect(readClaim(path)?.token).toBe('other');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['claim.json']);
  });

  function plantOver(token: string): void {
    writeFileSync(path, JSON.stringify({ ...readClaim(path), token }));
  }
});
