import { binary, broadcastShape, broadcastTo, cast, sideBySide, unary, unbroadcast } from '../algebra.js';
import { emit, splat, type Value } from '../graph.js';
import { defineKernel, defineListKernel } from './registry.js';

/** Element-wise kernels: arithmetic, comparisons, logic, activations. */

const BINARY = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
};
for (const [name, op] of Object.entries(BINARY)) defineKernel(name, ({ a, b }) => binary(op, a!, b!));

const COMPARISONS = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};
for (const [name, op] of Object.entries(COMPARISONS)) defineKernel(name, ({ a, b }) => binary(op, a!, b!, 'bool'));
defineKernel('Equal', ({ a, b }) => binary('Equal', a!, b!, 'bool'));
defineKernel('NotEqual', ({ a, b }) => unary('Not', binary('Equal', a!, b!, 'bool')));
defineKernel('LogicalNot', ({ x }) => unary('Not', x!));

const UNARY = {
  Neg: 'Neg',
  Exp: 'Exp',
  Log: 'Log',
  Sqrt: 'Sqrt',
  Erf: 'Erf',
  Tanh: 'Tanh',
  Sigmoid: 'Sigmoid',
  Relu: 'Relu',
  Abs: 'Abs',
  Sign: 'Sign',
  Reciprocal: 'Reciprocal',
  Sin: 'Sin',
  Cos: 'Cos',
  Floor: 'Floor',
  Ceil: 'Ceil',
  Round: 'Round',
  Softplus: 'Softplus',
  Tan: 'Tan',
  Atan: 'Atan',
  Asin: 'Asin',
  Acos: 'Acos',
  Sinh: 'Sinh',
  Cosh: 'Cosh',
};
for (const [name, op] of Object.entries(UNARY)) defineKernel(name, ({ x }) => unary(op, x!));
defineKernel('IsNan', ({ x }) => unary('IsNaN', x!, 'bool'));
defineKernel('IsInf', ({ x }) => unary('IsInf', x!, 'bool'));
defineKernel('IsFinite', ({ x }) => unary('Not', binary('Or', unary('IsNaN', x!, 'bool'), unary('IsInf', x!, 'bool'))));

defineKernel('Square', ({ x }) => binary('Mul', x!, x!));
defineKernel('SquaredDifference', ({ a, b }) => {
  const difference = binary('Sub', a!, b!);
  return binary('Mul', difference, difference);
});
defineKernel('Rsqrt', ({ x }) => unary('Reciprocal', unary('Sqrt', x!)));
defineKernel('Log1p', ({ x }) => unary('Log', binary('Add', x!, splat(1))));
defineKernel('Expm1', ({ x }) => binary('Sub', unary('Exp', x!), splat(1)));
defineKernel('LeakyRelu', ({ x }, { alpha }) => unary('LeakyRelu', x!, 'float32', { alpha: { float: alpha } }));
defineKernel('Elu', ({ x }) => unary('Elu', x!));
defineKernel('Relu6', ({ x }) => clip(x!, 0, 6));
defineKernel('Step', ({ x }, { alpha }) => select(binary('Greater', x!, splat(0), 'bool'), splat(1), splat(alpha)));
defineKernel('ClipByValue', ({ x }, { clipValueMin, clipValueMax }) => clip(x!, clipValueMin, clipValueMax));
defineKernel('FloorDiv', ({ a, b }) =>
  a!.dtype === 'int32'
    ? cast(unary('Floor', binary('Div', cast(a!, 'float32'), cast(b!, 'float32'))), 'int32')
    : unary('Floor', binary('Div', a!, b!)),
);
defineKernel('Mod', ({ a, b }) => {
  if (a!.dtype === 'int32') return binary('Mod', a!, b!);
  // As tfjs: the remainder takes the sign of the divisor.
  return binary('Sub', a!, binary('Mul', b!, unary('Floor', binary('Div', a!, b!))));
});
defineKernel('Prelu', ({ x, alpha }) => select(binary('Less', x!, splat(0), 'bool'), binary('Mul', x!, alpha!), x!));

defineKernel('Identity', ({ x }) => x!);
defineKernel('Cast', ({ x }, { dtype }) => {
  if (x!.dtype === 'float32' && dtype === 'bool') return unary('Not', binary('Equal', x!, splat(0), 'bool'));
  return cast(x!, dtype);
});
defineKernel('Select', ({ condition, t, e }) => select(condition!, t!, e!));
defineKernel('EluGrad', ({ dy, y }) =>
  select(binary('GreaterOrEqual', y!, splat(0), 'bool'), dy!, binary('Mul', dy!, binary('Add', y!, splat(1)))),
);
defineListKernel('AddN', (inputs) => inputs.reduce((sum, value) => binary('Add', sum, value)));

/** `x` limited to [low, high]. */
export function clip(x: Value, low: number, high: number): Value {
  return binary('Min', binary('Max', x, splat(low, [], x.dtype)), splat(high, [], x.dtype));
}

/** Element-wise choice, broadcasting. */
export function select(condition: Value, yes: Value, no: Value): Value {
  if (yes.dtype === 'bool') return cast(select(condition, cast(yes, 'int32'), cast(no, 'int32')), 'bool');
  const shape = broadcastShape(broadcastShape(condition.shape, yes.shape), no.shape);
  const parts = sideBySide(...[condition, yes, no].map(unbroadcast));
  const small = parts.map((part) => part.shape).reduce((a, b) => broadcastShape(a, b));
  return broadcastTo(emit('Where', parts, small, yes.dtype), shape);
}
