// Five tenants, three of them up to no good, and what becomes of the other two.
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './server.mjs';

export { build, tenants };

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const small = { limits: { fuel: 100_000, memory: 1 << 20, deadlineMs: 1_000 }, runs: 4, fuel: 10_000_000 };
const tenants = {
  ada: { rules: file('discount.bl'), ...small },
  grace: { rules: file('shipping.bl'), ...small },
  // The deadline is wide, so that it is always the fuel that ends the loop and this session prints the same everywhere.
  loop: {
    rules: file('loops.bl'),
    limits: { ...small.limits, fuel: 40_000_000, deadlineMs: 60_000 },
    runs: 1,
    fuel: 80_000_000,
  },
  hoard: { rules: file('hoards.bl'), limits: { ...small.limits, fuel: 5_000_000 }, runs: 1, fuel: 5_000_000 },
  throw: { rules: file('throws.bl'), ...small },
};

if (argv[1] === fileURLToPath(import.meta.url)) await session();

async function session() {
  const server = await build(tenants);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const decide = async (tenant, order) => {
    const response = await fetch(`${address}/decide/${tenant}`, { method: 'POST', body: JSON.stringify(order) });
    return `${response.status} ${await response.text()}`;
  };
  const table = async () => (await fetch(`${address}/tenants`)).json();
  const order = { cents: 12_000, country: 'GB' };

  const looping = decide('loop', order);
  while ((await table()).loop.runs === 0);
  console.log('a second loop:', await decide('loop', order));
  let answered = 0;
  for (let i = 0; i < 3; i++)
    for (const tenant of ['ada', 'grace']) if ((await decide(tenant, order)).startsWith('200')) answered++;
  console.log(`answered to others: ${answered} of 6, and the loop still turns: ${(await table()).loop.running === 1}`);
  console.log('loop:', await looping);
  console.log('hoard:', await decide('hoard', order));
  console.log('hoard again:', await decide('hoard', order));
  console.log('throw:', await decide('throw', order));
  console.log('ada:', await decide('ada', order));
  console.log('grace:', await decide('grace', order));

  const columns = ['runs', 'refused', 'faults', 'limits', 'fuel'];
  console.log(`\n${'tenant'.padEnd(8)}${columns.map((name) => name.padStart(12)).join('')}`);
  for (const [name, counters] of Object.entries(await table()))
    console.log(name.padEnd(8) + columns.map((c) => counters[c].toLocaleString('en-US').padStart(12)).join(''));
  server.close();
  server.closeAllConnections();
}
