// Prints the partition that the default (Java-compatible) partitioner of kafkajs chooses for each key.
//   node partition.mjs PARTITIONS < keys        one JSON string per line in, one number per line out
import { createInterface } from "node:readline";
import kafka from "kafkajs";

const partitions = Number(process.argv[2]);
const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }));
const partitionOf = kafka.Partitioners.DefaultPartitioner();
const out = [];
for await (const line of createInterface({ input: process.stdin })) {
  out.push(partitionOf({ topic: "any", partitionMetadata, message: { key: JSON.parse(line) } }));
}
process.stdout.write(out.join("\n") + "\n");
