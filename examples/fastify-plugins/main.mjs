// A session with the server over real HTTP, and what each request is answered.
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './server.mjs';

export { build };

if (argv[1] === fileURLToPath(import.meta.url)) await session();

async function session() {
  // Francs have a rate only when this session says so: a request for them stays under way as long as it takes.
  const francs = new EventEmitter();
  const app = build({
    rateOf: async (currency) => {
      if (currency !== 'CHF') return 1;
      francs.emit('asked');
      return (await once(francs, 'rate'))[0];
    },
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });

  const send = async (method, path, type, body) => {
    const content = body === undefined ? {} : { headers: { 'content-type': type }, body };
    const response = await fetch(address + path, { method, ...content });
    return `${response.status} ${await response.text()}`.trimEnd();
  };
  const upload = (name, source) => send('PUT', `/plugins/${name}`, 'text/plain', source);
  const price = (name, order) => send('POST', `/price/${name}`, 'application/json', JSON.stringify(order));
  const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
  const order = { currency: 'EUR', lines: [{ sku: 'tea', qty: 2, cents: 4_500 }] };

  console.log('upload version 1:', await upload('discount', file('discount-1.bl')));
  console.log('a price:', await price('discount', order));

  const asked = once(francs, 'asked');
  const underWay = price('discount', { ...order, currency: 'CHF' });
  await asked;
  console.log('upload version 2:', await upload('discount', file('discount-2.bl')));
  console.log('a price:', await price('discount', order));
  francs.emit('rate', 2);
  console.log('the one under way:', await underWay);

  console.log(
    'upload a broken one:',
    await upload('discount', 'EXPORT TRANSFORM Price { OUTPUT { cents: inptu.x }; }'),
  );
  console.log('upload an empty one:', await upload('discount', 'EXPORT FUNC price(order) = 0;'));
  console.log('upload a curious one:', await upload('discount', file('curious.bl')));
  console.log('a price:', await price('discount', order));
  console.log('a bad order:', await price('discount', { currency: 'EUR', lines: null }));

  console.log('upload another:', await upload('greedy', file('greedy.bl')));
  console.log('a price:', await price('greedy', order));
  console.log('remove it:', await send('DELETE', '/plugins/greedy'));
  console.log('a price:', await price('greedy', order));

  await app.close();
}
