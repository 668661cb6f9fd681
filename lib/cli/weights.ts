import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exportModel, importModel } from '../models/import-model.js';
import { MODELS } from '../models/registry.js';
import { formatKeyReport } from '../models/weights/import-weights.js';
import { inspectWeights } from '../models/weights/inspect-weights.js';
import { UsageError } from './exit.js';
import { alignColumns, makeOutput } from './output.js';

/** `echolab weights inspect|import|export`. */
export function addWeights(weights: Command): void {
  weights
    .command('inspect')
    .description('list keys, shapes, element types and sizes of a .pth or .safetensors file')
    .argument('<file>')
    .option('--json', 'print one JSON value', false)
    .action((file: string, { json }: { json: boolean }) => {
      const output = makeOutput(json);
      const found = inspectWeights(resolve(file));
      for (const line of alignColumns(
        found.tensors.map(({ key, shape, dtype, bytes }) => [key, `[${shape.join(', ')}]`, dtype, `${bytes} bytes`]),
      )) {
        output.line(line);
      }
      for (const [name, value] of Object.entries({ ...found.remarks, ...found.metadata }))
        output.line(`${name}: ${value}`);
      output.line(
        `${found.tensors.length} tensors, ${found.numbers} numbers, ${found.format}, ${found.fileBytes} bytes`,
      );
      output.result(found);
    });
  weights
    .command('import')
    .description('check a file against a model and write it as safetensors under the official keys')
    .argument('<file>', 'a .pth or .safetensors file')
    .requiredOption('--as <model>', `one of ${MODELS.map(({ name }) => name).join(', ')}`)
    .option('--out <file>', 'where to write the .safetensors; left out: only the report')
    .option('--lenient', 'take what matches', false)
    .option('--json', 'print one JSON value', false)
    .action(importFile);
  weights
    .command('export')
    .description('write weights as .safetensors or .onnx, by the suffix of --out')
    .argument('<file>', 'a .pth or .safetensors file')
    .requiredOption('--as <model>', 'as for import')
    .requiredOption('--out <file>', 'name.safetensors or name.onnx')
    .option('--json', 'print one JSON value', false)
    .action(exportFile);
}

function importFile(
  file: string,
  options: { readonly as: string; readonly out?: string; readonly lenient: boolean; readonly json: boolean },
): void {
  const output = makeOutput(options.json);
  const { params, report } = importModel(resolve(file), options.as, { strict: !options.lenient });
  output.line(formatKeyReport(report));
  if (options.out !== undefined) {
    if (!options.out.endsWith('.safetensors')) {
      throw new UsageError(
        `weights import: --out must end in .safetensors, got ${options.out}; weights export writes .onnx`,
      );
    }
    exportModel(resolve(options.out), options.as, params);
    output.line(`written to ${options.out}`);
  }
  output.result({ report, out: options.out ?? null });
}

function exportFile(
  file: string,
  options: { readonly as: string; readonly out: string; readonly json: boolean },
): void {
  const output = makeOutput(options.json);
  const { params, report } = importModel(resolve(file), options.as);
  exportModel(resolve(options.out), options.as, params);
  output.line(formatKeyReport(report));
  output.line(`written to ${options.out}`);
  output.result({ report, out: resolve(options.out) });
}
