import { type CitationKey, citationOf } from './citations.js';

/** A method in words with its reference; every TestResult and Estimate is one. */
export interface CitedMethod {
  readonly method: string;
  readonly citation: CitationKey;
}

/** Text for a paper's statistics section. */
export interface MethodsParagraph {
  /** Sentences with reference numbers in brackets. */
  readonly text: string;
  /** Numbered references, in the order of the text. */
  readonly references: readonly string[];
}

/**
 * A methods paragraph from the tests and intervals that were used. Equal methods are named once.
 *
 * @param purpose what was compared, e.g. `Dice of EchoApex-SAM and MedSAM`; begins the paragraph
 * @example methodsParagraph('Dice of A and B', [test, interval]).text
 *   // 'Dice of A and B: one-sided paired t-test, 11 degrees of freedom [1]; ...'
 */
export function methodsParagraph(purpose: string, methods: readonly CitedMethod[]): MethodsParagraph {
  const keys: CitationKey[] = [];
  const parts: string[] = [];
  for (const { method, citation } of methods) {
    if (!keys.includes(citation)) keys.push(citation);
    const part = `${method} [${keys.indexOf(citation) + 1}]`;
    if (!parts.includes(part)) parts.push(part);
  }
  return {
    text: `${purpose}: ${parts.join('; ')}.`,
    references: keys.map((key, i) => `${i + 1}. ${citationOf(key)}`),
  };
}
