// What the readers with avsc share: longs that keep all digits, and values as JSON with bytes and fixed in hexadecimal.
import avro from "avsc";

const long = avro.types.LongType.__with({
  fromBuffer: (buffer) => buffer.readBigInt64LE(),
  toBuffer: (value) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value) => typeof value === "bigint",
  compare: (left, right) => (left === right ? 0 : left < right ? -1 : 1),
});

// A registry alone would not replace a long that has attributes, such as a logical type.
const typeHook = (schema) => (schema === "long" || schema.type === "long" ? long : undefined);

export const parseHook = (schema) => avro.Type.forSchema(schema, { typeHook });

export function toJson(value) {
  if (typeof value === "bigint") return value.toString();
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString("hex"));
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join(",")}}`;
}
