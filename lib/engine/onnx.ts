import protobuf from 'protobufjs';
import { type Attribute, type GraphType, MICROSOFT, ONNX_TYPE } from './graph.js';

/** The part of onnx.proto3 that training graphs need. Field numbers are those of the official schema. */
const SCHEMA = `syntax = "proto2"; package onnx;
message AttributeProto {
  optional string name = 1; optional int32 type = 20; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
  optional GraphProto g = 6; repeated int64 ints = 8;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message NodeProto {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  optional string domain = 7; repeated AttributeProto attribute = 5;
}
message ModelProto {
  optional int64 ir_version = 1; repeated OperatorSetIdProto opset_import = 8; optional string producer_name = 2;
  optional GraphProto graph = 7; repeated StringStringEntryProto metadata_props = 14;
}
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message GraphProto {
  repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message TensorProto { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message TensorShapeProto {
  message Dimension { optional int64 dim_value = 1; }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  message Sequence { optional TypeProto elem_type = 1; }
  optional Tensor tensor_type = 1; optional Sequence sequence_type = 4;
}
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }`;

/** Version of the ONNX operator set that graphs are written in. */
export const OPSET = 20;

export interface NodeProto {
  input: string[];
  output: string[];
  name: string;
  op_type: string;
  domain: string;
  attribute: object[];
}

export interface TensorProto {
  name: string;
  dims: readonly number[];
  data_type: number;
  raw_data: Uint8Array;
}

export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: object[];
  output: object[];
}

let modelType: protobuf.Type | undefined;

/** Bytes of an ONNX model. `metadata` is stored as key-value text. */
export function encodeModel(graph: GraphProto, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  modelType ??= protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('onnx.ModelProto');
  const model = modelType.fromObject({
    ir_version: 9,
    producer_name: 'echolab',
    opset_import: [
      { domain: '', version: OPSET },
      { domain: MICROSOFT, version: 1 },
    ],
    graph,
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return modelType.encode(model).finish();
}

/** The name, type and shape of a graph's input or output. */
export function valueInfo(name: string, dtype: GraphType, shape: readonly number[]): object {
  const dim = shape.map((length) => ({ dim_value: length }));
  return { name, type: { tensor_type: { elem_type: ONNX_TYPE[dtype], shape: { dim } } } };
}

/** An attribute of a node. */
export function attributeProto(name: string, attribute: Attribute): object {
  if ('int' in attribute) return { name, type: 2, i: attribute.int };
  if ('float' in attribute) return { name, type: 1, f: attribute.float };
  if ('ints' in attribute) return { name, type: 7, ints: attribute.ints };
  return { name, type: 3, s: Buffer.from(attribute.text) };
}

/** Numbers stored in the model. */
export function tensorProto(
  name: string,
  dtype: GraphType,
  shape: readonly number[],
  data: ArrayLike<number>,
): TensorProto {
  return { name, dims: shape, data_type: ONNX_TYPE[dtype], raw_data: rawBytes(dtype, data) };
}

function rawBytes(dtype: GraphType, data: ArrayLike<number>): Uint8Array {
  switch (dtype) {
    case 'float32': {
      const values = data instanceof Float32Array ? data : Float32Array.from(data);
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    }
    case 'int32':
      return new Uint8Array(Int32Array.from(data).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(data, (value) => BigInt(value))).buffer);
    case 'bool':
      return Uint8Array.from(data, (value) => Number(value !== 0));
  }
}
