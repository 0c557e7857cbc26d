import { readFileSync } from 'node:fs';
import { capability, createHost, LimitError, LoadError, RunError } from 'millrace';

const shelf = new Map([
  ['tea', 12],
  ['coffee', 0],
]);

// The only thing outside that the plug-in can reach. Without the grant it does not even load.
const stock = capability('host:stock', {
  left: { params: ['string'], returns: 'number', effect: 'read', call: (sku) => shelf.get(sku) ?? 0 },
});
const host = createHost({ limits: { fuel: 200_000 } });
const source = readFileSync(new URL('plugin.bl', import.meta.url), 'utf8');

try {
  await host.load(source, { id: 'plugins/stock' });
} catch (error) {
  if (!(error instanceof LoadError)) throw error;
  console.log(`without a grant: ${error.code}, ${error.message.split('\n', 1)[0]}`);
}

const plugin = await host.load(source, { id: 'plugins/stock', grants: { 'host:stock': stock } });
console.log('stock:', JSON.stringify(plugin.run('Stock', { items: ['tea', 'coffee', 'cocoa'] })));
console.log('a call:', plugin.call('double', 21));

// A failing input is the caller's to mend, and the error says where the program stood.
try {
  plugin.run('Stock', { items: null });
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  console.log(`bad input: ${error.code}, ${error.message.split('\n', 1)[0]}`);
}

// A program that goes on and on only uses up its own fuel.
try {
  plugin.run('Endless', {});
} catch (error) {
  if (!(error instanceof LimitError)) throw error;
  console.log(`a limit: ${error.code}, ${error.message.split('\n', 1)[0]}`);
}
