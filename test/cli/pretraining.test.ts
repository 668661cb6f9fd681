import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;

function echolab(...args: string[]): { code: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'pretraining', ...args], { encoding: 'utf8' });
  return { code: status, output: stdout, errors: stderr };
}

describe('echolab pretraining', () => {
  it('says what the paper needs, as lines and as JSON', () => {
    const { code, output } = echolab('--images', '1000', '--rate', '2', '--batch', '100', '--per-run', '50');
    expect(code).toBe(0);
    expect(output).toContain('106.9 M parameters, 10 updates');
    expect(output).toContain('time about 0.139 hours'); // 1,000 images at 2 a second
    const { needs } = JSON.parse(echolab('--images', '1000', '--json').output) as { needs: { updates: number } };
    expect(needs.updates).toBe(1);
  });

  it('does not start a trial unless told to', () => {
    const { code, output } = echolab('--try');
    expect(code).toBe(0);
    expect(output).toContain('not started');
  });

  it('ends with code 2 on a batch that does not divide', () => {
    const { code, errors } = echolab('--batch', '9', '--per-run', '2');
    expect(code).toBe(2);
    expect(errors).toContain('--per-run must be at least 2 and divide --batch 9, got 2');
  });
});
