import { FormatError } from '../../core/errors.js';
import { type ByteSource, openFile } from './byte-source.js';
import { readSafetensors } from './safetensors.js';
import { readTorchCheckpoint } from './torch-checkpoint.js';
import type { WeightFile } from './weight-file.js';

/**
 * Opens a weight file, PyTorch zip checkpoint or safetensors, told apart by its first bytes. Close it when done.
 *
 * @throws {FormatError} on any other file; legacy PyTorch files with the remedy
 */
export function openWeights(path: string): WeightFile {
  const source = openFile(path);
  try {
    return readWeights(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** As {@link openWeights}, over any bytes. */
export function readWeights(source: ByteSource): WeightFile {
  const start = source.read(0, Math.min(512, source.size));
  const has = (offset: number, text: string): boolean =>
    text === new TextDecoder('latin1').decode(start.subarray(offset, offset + text.length));
  if (has(0, 'PK\u0003\u0004')) return readTorchCheckpoint(source);
  if (start[8] === 0x7b) return readSafetensors(source); // "{" after the header's length
  if (has(257, 'ustar') || start[0] === 0x80) {
    const kind = start[0] === 0x80 ? 'a PyTorch file from before 1.6 (a bare pickle)' : 'a PyTorch tar file';
    throw new FormatError(
      `openWeights: ${source.name} is ${kind}, which is not read; convert it once in Python: ` +
        "torch.save(torch.load('old.pth', map_location='cpu'), 'new.pth')",
    );
  }
  throw new FormatError(
    `openWeights: ${source.name} is neither a PyTorch zip checkpoint (.pth) nor a safetensors file; ` +
      'TensorFlow, Keras and pickled NumPy files must be converted to safetensors first',
  );
}
