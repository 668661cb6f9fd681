import type { InferenceSession } from 'onnxruntime-node';
import { encodeModel, type NodeProto } from '../engine/onnx.js';
import { loadRuntime } from '../engine/session.js';

/**
 * Matrix products on ONNX Runtime: neighbour search and covariances spend their time there, and its kernels are several
 * times faster than a loop over typed arrays.
 */

/** Element types of ONNX (onnx.proto, TensorProto.DataType). */
const ELEMENT = { float32: 1, int64: 7, float64: 11 } as const;

type Ports = Readonly<Record<string, keyof typeof ELEMENT>>;

function node(
  operator: string,
  input: string[],
  output: string[],
  attributes: Readonly<Record<string, number>>,
): NodeProto {
  return {
    op_type: operator,
    name: operator,
    domain: '',
    input,
    output,
    attribute: Object.entries(attributes).map(([name, i]) => ({ name, type: 2, i })),
  };
}

/** Ports of any shape. */
function valueInfos(ports: Ports): object[] {
  return Object.entries(ports).map(([name, type]) => ({ name, type: { tensor_type: { elem_type: ELEMENT[type] } } }));
}

async function openSession(nodes: NodeProto[], inputs: Ports, outputs: Ports): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  const bytes = encodeModel({
    name: 'products',
    node: nodes,
    initializer: [],
    input: valueInfos(inputs),
    output: valueInfos(outputs),
  });
  return InferenceSession.create(bytes, { executionProviders: ['cpu'], logSeverityLevel: 3 });
}

/** Scores `queries x base^T + offset`, whole or only the highest of each row. */
export interface ProductSession {
  /** `[Q, N]` scores of Q queries. */
  scores(queries: Float32Array): Promise<Float32Array>;
  /** The k highest scores of each query, best first; `indices` are rows of the base. */
  best(queries: Float32Array, k: number): Promise<{ scores: Float32Array; indices: BigInt64Array }>;
  /** Frees the native memory. */
  release(): Promise<void>;
}

/**
 * Opens a session on a fixed base.
 *
 * Shapes: N = rows of the base, D = width.
 * @param base `[N, D]`
 * @param offset `[N]`, added to every query's scores
 */
export async function openProductSession(
  base: Float32Array,
  offset: Float32Array,
  width: number,
): Promise<ProductSession> {
  const { Tensor } = await loadRuntime();
  const count = offset.length;
  const operands = { queries: 'float32', base: 'float32', offset: 'float32' } as const;
  const product = node('Gemm', ['queries', 'base', 'offset'], ['scores'], { transB: 1 });
  const topK = node('TopK', ['scores', 'k'], ['best', 'indices'], { axis: 1, largest: 1, sorted: 1 });
  const scoring = await openSession([product], operands, { scores: 'float32' });
  const ranking = await openSession(
    [product, topK],
    { ...operands, k: 'int64' },
    { best: 'float32', indices: 'int64' },
  );
  const fixed = { base: new Tensor('float32', base, [count, width]), offset: new Tensor('float32', offset, [count]) };
  const batch = (queries: Float32Array) => new Tensor('float32', queries, [queries.length / width, width]);
  return {
    async scores(queries) {
      const { scores } = await scoring.run({ ...fixed, queries: batch(queries) });
      return scores!.data as Float32Array;
    },
    async best(queries, k) {
      const kTensor = new Tensor('int64', BigInt64Array.of(BigInt(k)), [1]);
      const { best, indices } = await ranking.run({ ...fixed, queries: batch(queries), k: kTensor });
      return { scores: best!.data as Float32Array, indices: indices!.data as BigInt64Array };
    },
    async release() {
      await scoring.release();
      await ranking.release();
    },
  };
}

/** Rows summed in one product: 64-bit copies of 2^22 values, 32 MiB. */
const BLOCK_VALUES = 2 ** 22;

/**
 * Scatter matrix `(X - m)^T (X - m)` in 64-bit arithmetic.
 *
 * Shapes: N = rows, D = width.
 * @param rows `[N, D]`
 * @param means `[D]`, taken off each row
 * @returns `[D, D]`
 */
export async function scatterMatrix(rows: Float32Array, means: Float64Array): Promise<Float64Array> {
  const { Tensor } = await loadRuntime();
  const width = means.length;
  const session = await openSession(
    [node('Gemm', ['rows', 'rows', 'sum'], ['total'], { transA: 1 })],
    { rows: 'float64', sum: 'float64' },
    { total: 'float64' },
  );
  let sum: Float64Array = new Float64Array(width * width);
  const block = width * Math.max(1, Math.floor(BLOCK_VALUES / width));
  for (let start = 0; start < rows.length; start += block) {
    const part = Float64Array.from(rows.subarray(start, start + block), (value, i) => value - means[i % width]!);
    const { total } = await session.run({
      rows: new Tensor('float64', part, [part.length / width, width]),
      sum: new Tensor('float64', sum, [width, width]),
    });
    sum = total!.data as Float64Array;
  }
  await session.release();
  return sum;
}
