// A consumer that uses only HTTP; tests/Headwater.GroupConsumer is the same consumer in C#. Arguments: addresses (comma-separated), stream, group.
// It prints a line for each step: "S p offset" starts a partition, "E p from to" has processed events, "C p offset" has committed,
// "L p from to" has lost events that retention deleted, "X reason" has dropped all partitions.
const [addresses, streamName, groupName] = process.argv.slice(2);
const hosts = addresses.split(',');
const stream = `/streams/${streamName}`;
const group = `${stream}/groups/${groupName}`;
const positions = new Map();
const release = new Set();
let member = null, generation = null, sessionEnd = 0, nextBeat = 0, turn = 0;

const now = () => performance.now(); // Keeps running while the process is frozen.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (line) => console.log(line);
const seconds = (duration) => /^PT(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration).slice(1).reduce((sum, part, i) => sum + Number(part ?? 0) * (i === 0 ? 60 : 1), 0);
const ask = (method, path, body) => fetch(new URL(path, hosts[turn++ % hosts.length]), {
  method,
  body: body && JSON.stringify(body),
  headers: body && { 'content-type': 'application/json' },
  signal: AbortSignal.timeout(5000),
});

function drop(why) {
  say(`X ${why}`);
  positions.clear();
  release.clear();
  member = generation = null;
  sessionEnd = nextBeat = 0;
}

async function beat() {
  for (const partition of release) {
    positions.delete(partition);
  }
  release.clear();
  const sent = now();
  const answer = await ask('POST', `${group}/members`, { member, sessionTimeout: 'PT6S', owned: [...positions.keys()], generation });
  const told = await answer.json();
  if (answer.status === 409) {
    drop(`answered ${told.code}`);
  }
  if (answer.status !== 200) {
    return;
  }
  ({ member, generation } = told);
  if (told.renewed) {
    sessionEnd = sent + 1000 * seconds(told.sessionTimeout);
  }
  nextBeat = sent + 1000 * seconds(told.heartbeat);
  for (const partition of told.release) {
    release.add(partition);
  }
  for (const partition of [...positions.keys()]) {
    if (!told.partitions.includes(partition) && !release.has(partition)) {
      positions.delete(partition);
    }
  }
  for (const partition of told.partitions) {
    if (positions.has(partition)) {
      continue;
    }
    positions.set(partition, told.offsets.find((o) => o.partition === partition)?.offset ?? 0);
    say(`S ${partition} ${positions.get(partition)}`);
  }
}

async function consume(partition) {
  const from = positions.get(partition);
  // The commit must carry the member and generation of the read, even if a heartbeat changes them in between.
  const carried = { member, generation };
  const page = await ask('GET', `${stream}/partitions/${partition}/events?offset=${from}&limit=500`);
  if (page.status === 410) {
    const { logStartOffset } = await page.json();
    positions.set(partition, logStartOffset);
    say(`L ${partition} ${from} ${logStartOffset}`);
    return true;
  }
  if (page.status !== 200) {
    throw new Error(`${page.status}`);
  }
  const { nextOffset: next } = await page.json();
  if (next === from) {
    return false;
  }
  say(`E ${partition} ${from} ${next}`);
  const answer = await ask('PUT', `${group}/offsets`, { offsets: [{ partition, offset: next }], ...carried });
  if (answer.status === 204) {
    positions.set(partition, next);
    say(`C ${partition} ${next}`);
  } else {
    const problem = await answer.json();
    if (answer.status === 409) {
      drop(`answered ${problem.code}`);
    }
  }
  return true;
}

async function step() {
  if (now() >= nextBeat) {
    await beat();
  }
  let idle = true;
  for (const partition of [...positions.keys()].filter((p) => !release.has(p))) {
    if (now() >= sessionEnd) {
      drop('session expired');
    }
    if (positions.has(partition) && await consume(partition)) {
      idle = false;
    }
    if (now() >= nextBeat) {
      return;
    }
  }
  await pause(idle ? 100 : 10);
}

process.stdin.on('end', () => process.exit(0)).resume();
for (;;) {
  try {
    await step();
  } catch {
    await pause(100); // The request may have succeeded. The next heartbeat or commit shows it.
  }
}
