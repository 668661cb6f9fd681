/** Columns of samples that say something in words. */
const WORDS = ['view', 'vendor', 'site', 'split', 'phase', 'kind', 'imageQuality', 'sex', 'diagnosis'] as const;

/** Columns of numbers, and where they are cut into classes that people speak of. */
const NUMBERS = {
  /** Percent; the cuts of the ASE's grades. */
  ejectionFraction: { name: 'ejection fraction', cuts: [30, 40, 50, 60], unit: ' %' },
  age: { name: 'age', cuts: [18, 40, 60, 80], unit: '' },
} as const;

/** What a sample says about itself, as words by column, whatever its data set. Columns that it lacks, or leaves open, are left out. */
export function attributesOf(sample: object): Record<string, string> {
  const fields = sample as Readonly<Record<string, unknown>>;
  const words: Record<string, string> = {};
  for (const name of WORDS) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') words[name === 'imageQuality' ? 'image quality' : name] = value;
  }
  for (const [key, { name, cuts, unit }] of Object.entries(NUMBERS)) {
    const value = fields[key];
    if (typeof value === 'number' && Number.isFinite(value)) words[name] = classOf(value, cuts, unit);
  }
  if (typeof fields.extra === 'object' && fields.extra !== null) {
    for (const [name, value] of Object.entries(fields.extra)) {
      if (typeof value === 'string' && value !== '' && words[name] === undefined) words[name] = value;
    }
  }
  return words;
}

/** `under 30 %`, `30 to 40 %`, `60 % and more`. */
function classOf(value: number, cuts: readonly number[], unit: string): string {
  const above = cuts.findIndex((cut) => value < cut);
  if (above === 0) return `under ${cuts[0]}${unit}`;
  if (above < 0) return `${cuts.at(-1)}${unit} and more`;
  return `${cuts[above - 1]} to ${cuts[above]}${unit}`;
}
