import { describe, expect, it } from 'vitest';
import { drawCPlane } from '../../lib/phantom/c-plane.js';
import { planClip, vendorOf } from '../../lib/phantom/clip-plan.js';
import { PHANTOM_SMOKE } from '../../lib/phantom/data-config.js';
import { planPretraining } from '../../lib/phantom/plan-view-study.js';
import type { VideoJob } from '../../lib/phantom/set-plan.js';

const SET = { ...PHANTOM_SMOKE.pretrain!, patients: 2, clipsPerPatient: 1, biplanesPerPatient: 2, size: 48, frames: 2 };
const jobsOf = (cPlanesPerPatient?: number): VideoJob[] =>
  planPretraining(PHANTOM_SMOKE, { ...SET, ...(cPlanesPerPatient !== undefined && { cPlanesPerPatient }) })
    .jobs as VideoJob[];

describe('C-planes of pretraining', () => {
  it('are none unless asked for, and then leave all other clips as they are', () => {
    expect(jobsOf().some(({ cPlane }) => cPlane !== undefined)).toBe(false);
    expect(jobsOf(0)).toEqual(jobsOf());
    const flat = (jobs: readonly VideoJob[]) =>
      jobs.filter(({ cPlane }) => cPlane === undefined).map(({ plan }) => plan);
    expect(flat(jobsOf(3))).toEqual(flat(jobsOf()));
    expect(new Set(jobsOf(3).map(({ file }) => file)).size).toBe(2 * (1 + 4 + 3));
  });

  it('come from the volume of the first biplane and count as Echo3M', () => {
    const set = planPretraining(PHANTOM_SMOKE, { ...SET, cPlanesPerPatient: 3 });
    const jobs = set.jobs as VideoJob[];
    const slices = jobs.filter(({ cPlane }) => cPlane !== undefined);
    expect(slices).toHaveLength(6); // EchoApex A.1: three a volume
    for (const { plan } of slices) {
      expect(vendorOf(plan)).toBe(vendorOf(jobs[1]!.plan));
      expect(jobs.some((job) => job.cPlane === undefined && job.plan === plan)).toBe(true);
    }
    const [table] = set.tables();
    const rows = 'rows' in table! ? table.rows : [];
    expect(rows.map(({ echo3m }) => echo3m)).toEqual(jobs.map(({ plan }) => (plan.transducer === 'volume' ? 1 : 0)));
  });

  it('cannot be cut without a volume', () => {
    expect(() => planPretraining(PHANTOM_SMOKE, { ...SET, biplanesPerPatient: 0, cPlanesPerPatient: 1 })).toThrow(
      /cPlanesPerPatient must be 0 to 0/,
    );
    expect(() => jobsOf(4)).toThrow(/must be 0 to 3/);
  });

  it('are filled to the sides of the pyramid, as wide as its depth, and beat', () => {
    const { plan } = jobsOf(1).find(({ cPlane }) => cPlane !== undefined)!;
    const clip = drawCPlane(planClip(plan), 0.5);
    expect([clip.width, clip.height, clip.frameCount]).toEqual([48, 48, 2]);
    const frame = (n: number): Uint8Array => clip.data.subarray(n * 48 * 48, (n + 1) * 48 * 48);
    const lit = frame(0).filter((grey) => grey > 0).length / (48 * 48);
    expect(lit).toBeGreaterThan(0.5); // the fans span 85 % of the height
    expect(lit).toBeLessThan(0.95);
    expect(frame(0)).not.toEqual(frame(1));
  });
});
