// Reads a segment with avsc from npm (codecs null and deflate) and prints each event as a line of JSON.
//   node read-segment.mjs FILE        longs keep all digits; bytes and fixed are printed in hexadecimal
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

function toJson(value) {
  if (typeof value === "bigint") return value.toString();
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString("hex"));
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join(",")}}`;
}

avro
  .createFileDecoder(process.argv[2], { parseHook: (schema) => avro.Type.forSchema(schema, { registry: { long } }) })
  .on("data", (event) => process.stdout.write(toJson(event) + "\n"))
  .on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
