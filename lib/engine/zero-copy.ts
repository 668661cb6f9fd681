import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../core/errors.js';
import { encodeModel, type GraphProto, valueInfo } from './onnx.js';
import { loadRuntime } from './session.js';

/**
 * Keeps onnxruntime-node from copying what a run wrote.
 *
 * The binding writes outputs straight into the tensors given for them, and afterwards copies every output once more
 * into a new tensor that nobody asked for: for the state of a training step that costs as much as several layers.
 * It converts outputs in order and gives up at the first that is no tensor. So the graph gets a sequence as its first
 * output: the run completes, the buffers are filled, and the binding throws before it copies anything.
 *
 * {@link canSkipCopies} proves this on the installed version before anything relies on it; otherwise, and with
 * `zeroCopy: false`, runs take the plain path.
 */
const STOP = 'stop-copying';

/** What the binding says when it meets the sequence. */
const REFUSAL = /Non tensor type/;

/** Adds the sequence to a graph, as its first output. */
export function stopCopies(graph: GraphProto): void {
  const empty = { name: STOP, op_type: 'SequenceEmpty', domain: '', input: [], output: [STOP], attribute: [] };
  graph.node.push(empty);
  const sequence = { name: STOP, type: { sequence_type: { elem_type: { tensor_type: { elem_type: 1 } } } } };
  graph.output.unshift(sequence);
}

/** Runs a session whose graph went through {@link stopCopies}; outputs land in `fetches`. */
export async function runWithoutCopies(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: Readonly<Record<string, Tensor>>,
): Promise<void> {
  try {
    await session.run(feeds, { [STOP]: null, ...fetches });
  } catch (error) {
    if (!REFUSAL.test(messageOf(error))) throw error;
  }
}

let proof: Promise<boolean> | undefined;

/** True if the installed onnxruntime-node behaves as {@link stopCopies} needs; tried once, on a graph that doubles a number. */
export function canSkipCopies(): Promise<boolean> {
  proof ??= prove();
  return proof;
}

async function prove(): Promise<boolean> {
  const graph: GraphProto = {
    name: 'proof',
    node: [{ name: 'double', op_type: 'Add', domain: '', input: ['x', 'x'], output: ['y'], attribute: [] }],
    initializer: [],
    input: [valueInfo('x', 'float32', [1])],
    output: [valueInfo('y', 'float32', [1])],
  };
  stopCopies(graph);
  const { InferenceSession, Tensor } = await loadRuntime();
  try {
    const session = await InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const y = new Tensor('float32', new Float32Array(1), [1]);
    await runWithoutCopies(session, { x: new Tensor('float32', Float32Array.of(21), [1]) }, { y });
    await session.release();
    return (y.data as Float32Array)[0] === 42;
  } catch {
    return false;
  }
}
