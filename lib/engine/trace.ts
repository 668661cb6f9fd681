import * as tf from '@tensorflow/tfjs';
import { EchoLabError, messageOf } from '../core/errors.js';
import { constant, Graph, type GraphType, knownData, type Value, withGraph } from './graph.js';
import './gradients.js';
import { definedKernels } from './kernels/index.js';
import { callSite, TraceError } from './trace-error.js';

export { TraceError } from './trace-error.js';

/** A tfjs backend that appends to a graph instead of computing. */
const TRACE_BACKEND = 'echolab-trace';

/** Ops of tfjs that draw from the host's generator. */
const RANDOM_OPS = /^(random\w*|truncatedNormal|rand|dropout|multinomial)$/;

/** The values behind tensors of the trace. */
const values = new WeakMap<object, Value>();

class TraceBackend extends tf.KernelBackend {
  override numDataIds(): number {
    return 0;
  }
  override write(data: tf.BackendValues | null, shape: number[], dtype: tf.DataType): object {
    const id = {};
    this.move(id, data, shape, dtype);
    return id;
  }
  override move(id: object, data: tf.BackendValues | null, shape: number[], dtype: tf.DataType): void {
    const op = activeOp();
    if (RANDOM_OPS.test(op)) {
      throw new TraceError(
        `trace: tf.${op} would freeze host randomness into the graph, ${callSite()}; pass the numbers as a named input drawn from a RandomStream`,
      );
    }
    values.set(id, constant((data ?? []) as ArrayLike<number>, shape, graphType(dtype)));
  }
  override readSync(id: object): tf.BackendValues {
    const value = values.get(id);
    const known = value && knownData(value);
    if (value && known) {
      return value.dtype === 'float32'
        ? Float32Array.from(known)
        : value.dtype === 'bool'
          ? Uint8Array.from(known)
          : Int32Array.from(known);
    }
    throw new TraceError(
      `trace: a tensor's numbers were read (dataSync, arraySync or an op that needs them) while tracing, ${callSite()}; they exist only when the graph runs: use tf.where, tf.gather or masks`,
    );
  }
  override async read(id: object): Promise<tf.BackendValues> {
    return this.readSync(id);
  }
  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  decRef(): void {}
  override refCount(): number {
    return 1;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}

let registered = false;

function registerOnce(): void {
  if (registered) return;
  registered = true;
  tf.registerBackend(TRACE_BACKEND, () => new TraceBackend(), -1);
  for (const [kernelName, kernel] of definedKernels()) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const known: Record<string, Value> = {};
        for (const [name, tensor] of Object.entries(inputs)) if (tensor) known[name] = graphValue(tensor, kernelName);
        const result = kernel(known, attrs ?? {});
        return Array.isArray(result) ? result.map(tensorInfo) : tensorInfo(result);
      },
    });
  }
}

function graphValue(tensor: tf.TensorInfo, kernelName: string): Value {
  const value = values.get(tensor.dataId);
  if (value) return value;
  throw new TraceError(
    `trace: ${kernelName} got a tensor [${tensor.shape}] made outside the traced function (captured eager tensor), ${callSite()}; pass it as an input or parameter, or make it inside`,
  );
}

function tensorInfo(value: Value): tf.TensorInfo {
  const dataId = {};
  values.set(dataId, value);
  return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
}

function graphType(dtype: tf.DataType): GraphType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TraceError(`trace: tensors of type ${dtype} cannot be traced, ${callSite()}; use float32, int32 or bool`);
}

/** The name of the tfjs op that runs now, e.g. `randomNormal`; empty outside of any. */
function activeOp(): string {
  const scope = (tf.engine() as unknown as { state: { activeScope: { name: string } | null } }).state.activeScope;
  return scope?.name.endsWith('__op') ? scope.name.slice(0, -4) : '';
}

/** Names of the tfjs kernels that can be traced, and of the engine's own (`Echo…`), sorted. */
export function tracedKernels(): string[] {
  return [...definedKernels().keys()].sort();
}

/** A named tensor that the traced function gets. */
export interface TracedInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: GraphType;
  /** Numbers to bake into the graph; without them the tensor is fed to every run. */
  readonly baked?: ArrayLike<number>;
}

/** A graph and what its named outputs are. */
export interface TracedGraph {
  readonly graph: Graph;
  readonly outputs: ReadonlyMap<string, Value>;
}

/**
 * Runs a function over tensors once, recording every kernel, gradients included, into a graph.
 *
 * @param build gets the named tensors and returns the named outputs; runs synchronously
 * @param onCpu false: the graph is for a GPU. Both give the same numbers; some operations are made of other nodes
 * @throws {TraceError} naming the op and the call site, if something cannot become part of a graph
 */
export function trace(
  who: string,
  inputs: readonly TracedInput[],
  build: (tensors: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  onCpu = true,
): TracedGraph {
  registerOnce();
  const graph = new Graph(onCpu);
  const outputs = new Map<string, Value>();
  const engine = tf.engine();
  const eager = engine.backendName;
  const unguard = guardHostRandom(who);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100; // gradients run far below the call site
  void tf.setBackend(TRACE_BACKEND);
  try {
    withGraph(graph, () => {
      engine.tidy(() => {
        const tensors: Record<string, tf.Tensor> = {};
        for (const { name, shape, dtype, baked } of inputs) {
          const value = baked ? constant(baked, shape, dtype) : graph.input(name, shape, dtype);
          tensors[name] = engine.makeTensorFromTensorInfo(tensorInfo(value));
        }
        for (const [name, tensor] of Object.entries(build(tensors))) {
          if (!(tensor instanceof tf.Tensor)) throw new TraceError(`${who}: the output ${name} is no tensor`);
          outputs.set(name, graphValue(tensor, `output ${name}`));
        }
        return [];
      });
    });
    return { graph, outputs };
  } catch (error) {
    throw explained(who, error);
  } finally {
    unguard();
    Error.stackTraceLimit = stackTraceLimit;
    if (eager) void tf.setBackend(eager);
  }
}

/** Makes the host's generator throw until the returned function is called. */
function guardHostRandom(who: string): () => void {
  const generator = 'random';
  const host = Math[generator];
  Math[generator] = () => {
    throw new TraceError(
      `${who}: the host's random generator was called while tracing, ${callSite()}; pass the numbers as a named input drawn from a RandomStream`,
    );
  };
  return () => {
    Math[generator] = host;
  };
}

function explained(who: string, error: unknown): unknown {
  if (error instanceof EchoLabError) return error;
  const message = messageOf(error);
  const site = callSite(error instanceof Error ? error.stack : undefined);
  const kernel = /kernel '(\w+)'/i.exec(message)?.[1];
  if (kernel && /not registered|cannot find|No kernel/i.test(message)) {
    return new TraceError(
      `${who}: the kernel ${kernel} cannot be traced, ${site}; write the function without it, or define it in lib/engine/kernels (see the engine's README)`,
    );
  }
  return new TraceError(`${who}: ${message}, ${site}`);
}
