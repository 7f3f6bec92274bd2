import type { Codec } from './codec.ts';

export const i32: Codec<number> = {
  minBytes: 4,
  has64: false,
  encode: (writer, value) => {
    writer.i32(value);
  },
  decode: (reader) => reader.i32(),
};

export const u32: Codec<number> = {
  minBytes: 4,
  has64: false,
  encode: (writer, value) => {
    writer.u32(value);
  },
  decode: (reader) => reader.u32(),
};

export const i64: Codec<bigint> = {
  minBytes: 8,
  has64: true,
  encode: (writer, value) => {
    writer.i64(value);
  },
  decode: (reader) => reader.i64(),
};

export const u64: Codec<bigint> = {
  minBytes: 8,
  has64: true,
  encode: (writer, value) => {
    writer.u64(value);
  },
  decode: (reader) => reader.u64(),
};

export const f64: Codec<number> = {
  minBytes: 8,
  has64: false,
  encode: (writer, value) => {
    writer.f64(value);
  },
  decode: (reader) => reader.f64(),
};

/** libvirt declares its yes/no words as int; anything but zero is yes. */
export const flag: Codec<boolean> = {
  minBytes: 4,
  has64: false,
  encode: (writer, value) => {
    writer.i32(value ? 1 : 0);
  },
  decode: (reader) => reader.i32() !== 0,
};
