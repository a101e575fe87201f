// Reads a segment with avsc from npm (codecs null and deflate) and prints each event as a line of JSON.
//   node read-segment.mjs FILE        longs keep all digits; bytes and fixed are printed in hexadecimal
import avro from "avsc";
import { parseHook, toJson } from "./avsc-json.mjs";

avro
  .createFileDecoder(process.argv[2], { parseHook })
  .on("data", (event) => process.stdout.write(toJson(event) + "\n"))
  .on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
