/** Everything that a reader or the doctor can find wrong with a data set. */
export type FindingCode =
  | 'missing-file'
  | 'extra-file'
  | 'damaged-file'
  | 'duplicate-row'
  | 'conflicting-rows'
  | 'missing-value'
  | 'implausible-value'
  | 'name-suffix'
  | 'untraced'
  | 'too-few-traced-frames'
  | 'empty-tracing'
  | 'frame-out-of-range'
  | 'point-out-of-picture'
  | 'phases-swapped'
  | 'shifted-columns'
  | 'contradicts-file'
  | 'unknown-label'
  | 'wrong-count'
  | 'patient-leak'
  | 'path-outside';

/** One thing that is wrong, where, and what the reader does about it. */
export interface Finding {
  readonly code: FindingCode;
  /** `repaired`: the reader goes on with the right value or without the row. `unrepairable`: a person must decide. `note`: worth knowing, harmless. */
  readonly severity: 'note' | 'repaired' | 'unrepairable';
  /** File, and row or frame where there is one, e.g. `FileList.csv row 12`. */
  readonly where: string;
  /** What is wrong: expected, got. */
  readonly message: string;
  /** What the reader does about it. */
  readonly handling: string;
}

/** Collects findings while a reader works. */
export class Findings {
  readonly #list: Finding[] = [];

  add(code: FindingCode, severity: Finding['severity'], where: string, message: string, handling: string): void {
    this.#list.push({ code, severity, where, message, handling });
  }

  list(): readonly Finding[] {
    return this.#list;
  }
}
