// Reads many segments with avsc from npm. Takes file names from standard input, one per line, and prints for each a line of JSON:
// {"events":N,"values":[…]} with the values in Avro's own form (bytes and fixed in hexadecimal), or {"error":"…"}.
import { createInterface } from "node:readline";
import avro from "avsc";
import { parseHook, toJson } from "./avsc-json.mjs";

function open(file) {
  return new Promise((resolve) => {
    const values = [];
    const fail = (error) => resolve(JSON.stringify({ error: error.message }));
    try {
      avro
        .createFileDecoder(file, { parseHook })
        .on("data", (event) => values.push(toJson(event.value)))
        .on("error", fail)
        .on("end", () => resolve(`{"events":${values.length},"values":[${values.join(",")}]}`));
    } catch (error) {
      fail(error);
    }
  });
}

for await (const file of createInterface({ input: process.stdin })) {
  process.stdout.write((await open(file)) + "\n");
}
