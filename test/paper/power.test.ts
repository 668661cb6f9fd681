import { describe, expect, it } from 'vitest';
import { powerRows } from '../../lib/paper/power.js';
import { mcnemarSampleSize } from '../../lib/statistics/proportions-sample-size.js';

describe('powerRows', () => {
  const rows = powerRows();
  const row = (part: string): (typeof rows)[number] => rows.find(({ comparison }) => comparison.includes(part))!;

  it('covers the four studies', () => {
    const count = (study: string): number => rows.filter((candidate) => candidate.study === study).length;
    expect(count('view classification')).toBe(18);
    expect(count('segmentation')).toBe(5);
    expect(count('measurements')).toBe(12);
    expect(count('ejection fraction')).toBe(4);
  });

  it('solves by the stated formulae', () => {
    expect(row('PLAX:LV').patientsNeeded).toBe(mcnemarSampleSize(0.888, 0.802, 0.5));
    // dz = 0.010 / (0.04 sqrt(2 x 0.5) sqrt((1 + 3 x 0.5) / 4)) = 0.3162; G*Power 3.1 formula, alpha 0.01 one-sided: 104
    expect(row('CAMUS LV mean').patientsNeeded).toBe(104);
    expect(row('CAMUS LV mean').patientsTested).toBe(40);
  });

  it('has no size for what the tables do not show', () => {
    expect(row('MAE of IVS on EchoNet-LVH').patientsNeeded).toBeUndefined();
    expect(row('MAE of IVS on EchoNet-LVH').powerAsTested).toBeLessThan(0.01);
  });

  it('falls with correlation between models, rises with correlation between frames', () => {
    const size = (assumptions: Parameters<typeof powerRows>[0]): number =>
      powerRows(assumptions).find(({ comparison }) => comparison.includes('ENDym'))!.patientsNeeded!;
    expect(size({ modelCorrelation: 0.8 })).toBeLessThan(size({ modelCorrelation: 0 }));
    expect(size({ patientCorrelation: 0.9 })).toBeGreaterThan(size({ patientCorrelation: 0 }));
    expect(size({ alpha: 0.05 })).toBeLessThan(size({}));
  });

  it('names impossible assumptions', () => {
    expect(() => powerRows({ modelCorrelation: 1 })).toThrow(/modelCorrelation/);
    expect(() => powerRows({ diceDeviation: 0 })).toThrow(/diceDeviation/);
    expect(() => powerRows({ alpha: 0 })).toThrow(/alpha/);
  });
});
