import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { drawPatient, type Patient } from '../../lib/phantom/patient.js';

const adults = Array.from({ length: 4000 }, (_, i) => drawPatient(stream(9, `p${i}`)));
const children = Array.from({ length: 4000 }, (_, i) => drawPatient(stream(9, `c${i}`), 'paediatric'));

function mean(people: readonly Patient[], value: (person: Patient) => number): number {
  return people.reduce((sum, person) => sum + value(person), 0) / people.length;
}

const ofSex = (sex: 'F' | 'M'): Patient[] => adults.filter((person) => person.sex === sex);

describe('adults', () => {
  it('have the resting heart rates of people lying down', () => {
    // Ostchega et al. 2011, seated: men 71, women 74; less 4 lying (Gonzales et al. 2020), plus 10 in the 9 % with dilated hearts: 67.9 and 70.9
    expect(Math.abs(mean(ofSex('M'), ({ heartRate }) => heartRate) - 67.9)).toBeLessThan(0.8);
    expect(Math.abs(mean(ofSex('F'), ({ heartRate }) => heartRate) - 70.9)).toBeLessThan(0.8);
  });

  it('are as tall and heavy as Americans', () => {
    // Ogden et al. 2004: men 5 ft 9.5 in, 191 lb; women 5 ft 4 in, 164.3 lb
    expect(Math.abs(mean(ofSex('M'), ({ height }) => height) - 176.5)).toBeLessThan(0.6);
    expect(Math.abs(mean(ofSex('F'), ({ height }) => height) - 162.6)).toBeLessThan(0.6);
    expect(Math.abs(mean(ofSex('M'), ({ weight }) => weight) - 86.6)).toBeLessThan(1.5);
    expect(Math.abs(mean(ofSex('F'), ({ weight }) => weight) - 74.5)).toBeLessThan(1.5);
  });

  it('have internal dimensions near the guideline when healthy', () => {
    const healthy = (sex: 'F' | 'M'): Patient[] => ofSex(sex).filter(({ pathology }) => pathology === 'healthy');
    // Lang et al. 2015: 50.2 and 45.0 mm
    expect(Math.abs(mean(healthy('M'), ({ cavityDiameter }) => cavityDiameter) - 50.2)).toBeLessThan(1.5);
    expect(Math.abs(mean(healthy('F'), ({ cavityDiameter }) => cavityDiameter) - 45)).toBeLessThan(1.5);
  });
});

describe('children', () => {
  const aged = (age: number): Patient[] => children.filter((child) => child.age === age);

  it.each([
    [3, 107], // between 110 at 2 to 3 and 104 at 3 to 4 years
    [7, 91],
    [10, 84],
    [17, 73],
  ])('of %i years have the heart rate of Fleming et al. 2011, %i', (age, rate) => {
    // 3 standard errors of the mean of about 200 children with a deviation of 14 are 3
    expect(Math.abs(mean(aged(age), ({ heartRate }) => heartRate) - rate)).toBeLessThan(3);
  });

  it.each([
    [1, 75.7, 74],
    [5, 110, 109.4],
    [10, 137.8, 138.6],
    [14, 163.2, 159.8],
    [18, 176.1, 163.1],
  ])('of %i years have the height of the WHO references, boys %f cm, girls %f cm', (age, boys, girls) => {
    for (const [sex, height] of [
      ['M', boys],
      ['F', girls],
    ] as const) {
      const same = aged(age).filter((child) => child.sex === sex);
      // 3 standard errors at 50 children with a spread of 4.5 %: 1.9 %
      expect(Math.abs(mean(same, (child) => child.height) / height - 1)).toBeLessThan(0.02);
    }
  });
});
