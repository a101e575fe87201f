// Starts Azurite in a session of its own, so that a Ctrl+C meant for the host does not stop the storage while the host still writes to it,
// with a log file instead of a pipe, so that it outlives a killed host. Writes who it is, then leaves.
// usage: node start.mjs <log file> <pid file> <azurite arguments…>
import { spawn } from "node:child_process";
import { openSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [logFile, pidFile, ...args] = process.argv.slice(2);
const program = fileURLToPath(new URL("./node_modules/azurite/dist/src/azurite.js", import.meta.url));
const log = openSync(logFile, "w");
const started = new Date();
const child = spawn(process.execPath, [program, ...args], { detached: true, stdio: ["ignore", log, log], windowsHide: true });

writeFileSync(`${pidFile}.new`, JSON.stringify({ pid: child.pid, started: started.toISOString() }));
renameSync(`${pidFile}.new`, pidFile);
child.unref();
