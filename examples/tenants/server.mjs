/**
 * A service that answers by rules which its tenants wrote. All share one thread: each run has the limits of its tenant and
 * gives way to the others between slices, and no tenant has more runs under way than its share.
 */
import { createServer } from 'node:http';
import { createHost, LimitError, parse, RunError, stringify, UsageError } from 'millrace';

const MAX_BODY = 64 << 10;

/**
 * `tenants`: name → { rules, limits, runs, fuel }; `runs` are those that may be under way at once, `fuel` what all runs of a
 * period may use.
 *
 * @throws LoadError for rules that cannot be loaded.
 */
export async function build(tenants) {
  const states = new Map();
  const host = createHost({
    onUsage: ({ module, fuel }) => {
      states.get(module.slice('tenants/'.length)).counters.fuel += fuel;
    },
  });
  for (const [name, { rules, ...plan }] of Object.entries(tenants)) {
    const module = await host.load(rules, { id: `tenants/${name}`, limits: plan.limits });
    const counters = { runs: 0, fuel: 0, refused: 0, faults: 0, limits: 0 };
    states.set(name, { module, plan, counters, running: 0 });
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, response).catch(problemOf);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.once('close', () => host.close());

  async function answer(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method === 'GET' && pathname === '/tenants') return { status: 200, body: stringify(table()) };
    const state = states.get(/^\/decide\/([a-z]+)$/.exec(pathname)?.[1]);
    if (request.method !== 'POST' || state === undefined) throw problem(404, 'there is no such tenant');
    const input = await bodyOf(request);
    return { status: 200, body: stringify(await decide(state, input, response)) };
  }

  function table() {
    return Object.fromEntries([...states].map(([name, { counters, running }]) => [name, { ...counters, running }]));
  }

  return server;
}

async function decide(state, input, response) {
  const { module, plan, counters } = state;
  // Those under way count with all that they may use: the promise to the other tenants has to hold for the worst run.
  const isSpent = counters.fuel + (state.running + 1) * plan.limits.fuel > plan.fuel;
  if (isSpent || state.running === plan.runs) {
    counters.refused++;
    throw problem(429, isSpent ? 'the fuel of this period is spent' : `${plan.runs} at a time`);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  counters.runs++;
  state.running++;
  try {
    return await module.runAsync(undefined, input, { signal: gone.signal });
  } catch (error) {
    if (error instanceof LimitError) counters.limits++;
    else counters.faults++;
    throw error;
  } finally {
    state.running--;
  }
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) throw problem(413, `${MAX_BODY} bytes are the limit`);
    chunks.push(chunk);
  }
  try {
    return parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw problem(400, error.message);
  }
}

function problem(status, message) {
  return Object.assign(new Error(message), { status });
}

/** `LimitError` is a `RunError`, so it is asked for first; a `UsageError` is a result that JSON has no way to write. */
function problemOf(error) {
  if (error instanceof LimitError) return failure(503, error);
  if (error.code === 'MR9001') return failure(500, error);
  if (error instanceof RunError || error instanceof UsageError) return failure(422, error);
  return error.status === undefined ? failure(500, new Error('internal error')) : failure(error.status, error);
}

function failure(status, { code, message }) {
  return { status, body: stringify(code === undefined ? { message } : { code, message }) };
}
