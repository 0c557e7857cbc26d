import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { capability, createHost, GuestError, LimitError, MillraceError, parse, RunError, stringify } from 'millrace';

// Rates on a bad day: the francs come at the third call, the yen never, and the pounds cannot even be asked for.
let calls = 0;
async function latest(currency) {
  calls++;
  if (currency === 'JPY') return new Promise(() => {});
  // What a GuestError says, the plug-in may know; what other errors say stays with the host.
  if (currency === 'GBP') throw new Error('connect ECONNREFUSED 10.1.7.4:5432');
  if (calls < 3) throw new GuestError('the service of rates is busy');
  return '0.9325';
}

const rates = capability('host:rates', { latest: { params: ['currency: any'], effect: 'read', call: latest } });
const host = createHost({ grants: { 'host:rates': rates }, limits: { fuel: 100_000, memory: 4 << 20 } });
const plugin = await host.load(readFileSync(new URL('plugin.bl', import.meta.url), 'utf8'), { id: 'plugins/quote' });

const server = createServer(async (request, response) => {
  // Limits bound what the plug-in does; how long it waits for the host, only the host can say.
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(1_000)]);
  const [status, answer] = await quote(request, signal).catch(apology);
  response.writeHead(status, { 'content-type': 'application/json' }).end(stringify(answer));
});

async function quote(request, signal) {
  const answer = await plugin.runAsync('Quote', parse(await text(request)), { signal });
  return [answer.status === 'quoted' ? 200 : 503, answer];
}

// The class says who has to act, the code what has happened.
function apology(error) {
  if (!(error instanceof MillraceError)) return [500, { status: 'failed' }];
  const { code } = error;
  if (code === 'MR5007') return [504, { status: 'too slow', code }];
  if (error instanceof LimitError) return [503, { status: 'over its limits', code }];
  return [error instanceof RunError ? 422 : 400, { status: 'failed', code }];
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const bodies = ['CHF', 'GBP', 'JPY'].map((currency) => JSON.stringify({ eur: '99.90', currency }));
for (const body of [...bodies, '{ "eur": "ten" }', 'ten euros']) {
  calls = 0;
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', body });
  console.log(`${body}\n  ${calls} calls, ${response.status} ${await response.text()}`);
}
server.close();
await host.close();
