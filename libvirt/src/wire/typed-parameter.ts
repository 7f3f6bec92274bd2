import type { Codec } from '../xdr/codec.ts';
import { list } from '../xdr/list.ts';
import { text } from '../xdr/text.ts';
import { WireRecord } from '../xdr/wire-record.ts';
import type { XdrReader } from '../xdr/xdr-reader.ts';
import type { XdrWriter } from '../xdr/xdr-writer.ts';

/** virTypedParameterType: how the value of a typed parameter is written. */
export const ParameterType = {
  int: 1,
  uint: 2,
  llong: 3,
  ullong: 4,
  double: 5,
  boolean: 6,
  string: 7,
} as const;

export type TypedParameter =
  | { readonly field: string; readonly type: 1 | 2 | 5; readonly value: number }
  | { readonly field: string; readonly type: 3 | 4; readonly value: bigint }
  | { readonly field: string; readonly type: 6; readonly value: boolean }
  | { readonly field: string; readonly type: 7; readonly value: string };

export type ParameterValue = TypedParameter['value'];

class Parameter extends WireRecord {
  readonly field: string;
  readonly type: number;
  readonly value: ParameterValue;

  constructor(field: string, type: number, value: ParameterValue) {
    super();
    this.field = field;
    this.type = type;
    this.value = value;
  }
}

/** A parameter built in code, equal to one that came over the wire. */
export function typedParameter(field: string, type: number, value: ParameterValue): TypedParameter {
  return new Parameter(field, type, value) as TypedParameter;
}

/** Reads the value that follows its type word. */
export function readParameterValue(reader: XdrReader, type: number): ParameterValue {
  switch (type) {
    case ParameterType.int:
      return reader.i32();
    case ParameterType.uint:
      return reader.u32();
    case ParameterType.llong:
      return reader.i64();
    case ParameterType.ullong:
      return reader.u64();
    case ParameterType.double:
      return reader.f64();
    case ParameterType.boolean:
      return reader.i32() !== 0;
    case ParameterType.string:
      return text.decode(reader);
    default:
      throw reader.malformed(`a typed parameter of the unknown type ${type}`);
  }
}

function writeParameterValue(writer: XdrWriter, parameter: TypedParameter): void {
  switch (parameter.type) {
    case ParameterType.int:
      writer.i32(parameter.value);
      break;
    case ParameterType.uint:
      writer.u32(parameter.value);
      break;
    case ParameterType.llong:
      writer.i64(parameter.value);
      break;
    case ParameterType.ullong:
      writer.u64(parameter.value);
      break;
    case ParameterType.double:
      writer.f64(parameter.value);
      break;
    case ParameterType.boolean:
      writer.i32(parameter.value ? 1 : 0);
      break;
    case ParameterType.string:
      text.encode(writer, parameter.value);
  }
}

/**
 * struct remote_typed_param { string field<>; union switch (int type) { case 1: int; case 2: unsigned int;
 *   case 3: hyper; case 4: unsigned hyper; case 5: double; case 6: int (yes/no); case 7: string<>; } value; }
 */
const typedParameterCodec: Codec<TypedParameter> = {
  minBytes: 12,
  has64: true,
  encode(writer, parameter) {
    text.encode(writer, parameter.field);
    writer.i32(parameter.type);
    writeParameterValue(writer, parameter);
  },
  decode(reader) {
    const field = text.decode(reader);
    const type = reader.i32();
    return typedParameter(field, type, readParameterValue(reader, type));
  },
};

export function typedParameters(max: number): Codec<readonly TypedParameter[]> {
  return list(typedParameterCodec, max);
}
