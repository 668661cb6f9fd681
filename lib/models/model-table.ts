import { countFlops } from './flops.js';
import { parameterCount } from './parameters.js';
import { MODELS, type ModelEntry } from './registry.js';

/** A row of the table of models. */
export interface ModelRow {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** Of one pass at the paper's size, batch 1. */
  readonly flops: number;
  /** The sizes of the inputs, `images 3 x 112 x 112`. */
  readonly inputs: string;
  /** Fixture or script it equals; empty if it has none. */
  readonly reference: string;
}

/** Measures every model of the registry: parameters from the shapes, operations from a trace. Takes a few seconds. */
export function modelRows(models: readonly ModelEntry[] = MODELS): ModelRow[] {
  return models.map((model) => ({
    name: model.name,
    title: model.title,
    parameters: parameterCount(model.shapes()),
    flops: countFlops(model.forward, model.shapes(), model.inputs),
    inputs: Object.entries(model.inputs)
      .map(([name, { shape }]) => `${name} ${shape.slice(1).join(' x ') || 'one'}`)
      .join(', '),
    reference: model.reference,
  }));
}

/**
 * The table of README.md.
 *
 * @param differences largest absolute difference from each reference, as the tests measure it
 */
export function formatModelTable(rows: readonly ModelRow[], differences: Readonly<Record<string, number>>): string {
  const lines = rows.map((row) => {
    const difference = differences[row.reference];
    const cells = [
      `\`${row.name}\``,
      row.title,
      `${(row.parameters / 1e6).toFixed(2)} M`,
      `${(row.flops / 1e9).toPrecision(3)} G`,
      row.inputs,
      row.reference === '' ? 'none: the layers are the tested ones' : `\`${row.reference}\``,
      difference === undefined ? '' : difference.toExponential(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| name | model | parameters | FLOPs | at | equals | largest difference |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
