import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import {
  bodySurfaceAreaSquareMetres,
  hypertrophySeverity,
  leftVentricularMassGrams,
  relativeWallThickness,
  ventricularGeometry,
} from '../../lib/evaluation/ventricular-mass.js';

const walls = { ivsMillimetres: 10, lvidMillimetres: 50, lvpwMillimetres: 10 };

describe('leftVentricularMassGrams', () => {
  it('is the cube formula', () => {
    expect(leftVentricularMassGrams(walls)).toBeCloseTo(0.8 * 1.04 * (343 - 125) + 0.6, 10); // 181.976, by hand
  });

  it('grows with the cube of the scale but for the constant', () => {
    const double = { ivsMillimetres: 20, lvidMillimetres: 100, lvpwMillimetres: 20 };
    expect((leftVentricularMassGrams(double) - 0.6) / (leftVentricularMassGrams(walls) - 0.6)).toBeCloseTo(8, 10);
  });

  it('refuses lengths that are not lengths', () => {
    expect(() => leftVentricularMassGrams({ ...walls, lvidMillimetres: 0 })).toThrow(ArgumentError);
    expect(() => relativeWallThickness({ ...walls, lvpwMillimetres: Number.NaN })).toThrow(/lvpwMillimetres/);
  });
});

describe('bodySurfaceAreaSquareMetres', () => {
  it('follows Mosteller and Du Bois', () => {
    expect(bodySurfaceAreaSquareMetres(180, 80, 'mosteller')).toBeCloseTo(2, 12); // sqrt(14400 / 3600)
    // 0.007184 x 170^0.725 x 70^0.425 = 1.810, the value of Du Bois' chart
    expect(bodySurfaceAreaSquareMetres(170, 70)).toBeCloseTo(1.81, 2);
  });

  it('refuses metres for centimetres', () => {
    expect(() => bodySurfaceAreaSquareMetres(1.8, 80)).toThrow(/check the units/);
  });
});

describe('hypertrophySeverity', () => {
  it('has the ranges of Lang et al. 2005, Table 4', () => {
    const grade = (value: number, sex: 'female' | 'male') =>
      hypertrophySeverity('massIndexGramsPerSquareMetre', value, sex);
    expect([95, 96, 108, 109, 121, 122].map((value) => grade(value, 'female'))).toEqual([
      'normal',
      'mild',
      'mild',
      'moderate',
      'moderate',
      'severe',
    ]);
    expect([115, 116, 131, 132, 148, 149].map((value) => grade(value, 'male'))).toEqual([
      'normal',
      'mild',
      'mild',
      'moderate',
      'moderate',
      'severe',
    ]);
    expect(hypertrophySeverity('massGrams', 259, 'male')).toBe('moderate');
    expect(hypertrophySeverity('wallMillimetres', 16, 'female')).toBe('severe');
    expect(() => grade(0, 'male')).toThrow(ArgumentError);
  });
});

describe('ventricularGeometry', () => {
  it('crosses mass and relative wall thickness', () => {
    expect(relativeWallThickness(walls)).toBeCloseTo(0.4, 12);
    expect(ventricularGeometry(80, 0.4, 'female')).toBe('normal');
    expect(ventricularGeometry(80, 0.5, 'female')).toBe('concentric remodelling');
    expect(ventricularGeometry(100, 0.4, 'female')).toBe('eccentric hypertrophy');
    expect(ventricularGeometry(100, 0.5, 'female')).toBe('concentric hypertrophy');
    expect(ventricularGeometry(100, 0.5, 'male')).toBe('concentric remodelling');
  });
});
