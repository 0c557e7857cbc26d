/**
 * A server whose prices are made by uploaded plug-ins. A plug-in reaches what the policy of its name grants and nothing
 * else; a version that is refused changes nothing; requests under way finish on the version that they began with.
 */
import fastify from 'fastify';
import { capability, createHost, LimitError, LoadError, parse, RunError, stringify, UsageError } from 'millrace';

const MAX_PLUGINS = 100;
const LIMITS = { fuel: 200_000, memory: 1 << 20, deadlineMs: 1_000, output: 1 };
const named = {
  schema: { params: { type: 'object', properties: { name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,30}$' } } } },
};

/** `rateOf` gives the exchange rate of a currency, or a promise of it. */
export function build({ rateOf }) {
  const rates = capability('host:rates', {
    of: {
      params: ['currency: string'],
      returns: 'number',
      effect: 'read',
      async: true,
      timeoutMs: 5_000,
      call: async (currency) => rateOf(currency),
    },
  });
  const policies = {
    discount: { grants: { 'host:rates': rates }, limits: LIMITS },
    greedy: { grants: {}, limits: { ...LIMITS, fuel: 20_000 } },
  };
  const policyOf = (name) => (Object.hasOwn(policies, name) ? policies[name] : { grants: {}, limits: LIMITS });

  const host = createHost();
  const plugins = new Map();
  const app = fastify({ bodyLimit: 64 << 10 });
  app.addHook('onClose', () => host.close());

  // Amounts beyond 2^53 arrive and leave as they are.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request, text) => {
    try {
      return parse(text);
    } catch (error) {
      throw httpError(400, error.message);
    }
  });

  app.put('/plugins/:name', named, ({ params: { name }, body }, reply) =>
    inTurn(async () => {
      if (typeof body !== 'string') throw httpError(415, 'a plug-in is text/plain');
      const isNew = !plugins.has(name);
      if (isNew && plugins.size >= MAX_PLUGINS) throw httpError(507, `${MAX_PLUGINS} plug-ins are the limit`);
      const policy = policyOf(name);
      await tryOut(name, body, policy);
      const plugin = await (isNew ? host.load(body, { id: name, ...policy }) : host.replace(name, body));
      plugins.set(name, plugin);
      return reply.code(isNew ? 201 : 200).send({ name, imports: plugin.imports });
    }),
  );

  app.post('/price/:name', named, async ({ params: { name }, body }, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const price = await pluginOf(name).runAsync('Price', body, { signal: gone.signal });
    return reply.type('application/json').send(stringify(price));
  });

  app.delete('/plugins/:name', named, async ({ params: { name } }, reply) => {
    pluginOf(name);
    plugins.delete(name);
    host.unload(name);
    return reply.code(204).send();
  });

  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    reply.code(status).send(status === 500 ? { message: 'internal error' } : problemOf(error));
  });

  /** One upload after another: none counts plug-ins, or replaces one, while another is half done. */
  let turn = Promise.resolve();
  function inTurn(upload) {
    const done = turn.then(upload);
    turn = done.catch(() => {});
    return done;
  }

  function pluginOf(name) {
    const plugin = plugins.get(name);
    if (plugin === undefined) throw httpError(404, `there is no plug-in "${name}"`);
    return plugin;
  }

  return app;
}

/** In a host of its own: a version that loads but prices nothing must not get as far as the one that serves. */
async function tryOut(name, source, policy) {
  const host = createHost();
  const { exports } = await host.load(source, { id: name, ...policy });
  await host.close();
  if (!exports.some((e) => e.name === 'Price' && e.kind === 'transform'))
    throw httpError(422, `plug-in "${name}" exports no TRANSFORM Price`);
}

/** By who has to act. `LimitError` is a `RunError`, so it is asked for first. */
function statusOf(error) {
  if (error instanceof LoadError) return error.diagnostics.some((d) => d.code === 'MR4001') ? 403 : 422;
  if (error instanceof LimitError) return 503;
  if (error instanceof RunError) return error.code === 'MR9001' ? 500 : 422;
  // Removed while its next version was read; otherwise a price that JSON has no way to write.
  if (error instanceof UsageError) return wasRemoved(error) ? 409 : 422;
  return error.statusCode ?? 500;
}

/** Authors get every finding with its place; whoever asks for a price gets no view of a plug-in that is not theirs. */
function problemOf(error) {
  // What the library tells its host here names all plug-ins.
  if (wasRemoved(error)) return { message: 'the plug-in was removed meanwhile' };
  const { code, message } = error;
  return error instanceof LoadError
    ? { code, message, diagnostics: error.diagnostics.map(finding) }
    : { code, message };
}

function wasRemoved(error) {
  return error instanceof UsageError && error.code === 'MR4012';
}

function finding({ code, message, source, labels, notes, help }) {
  const { line, column } = source.positionAt(labels.find((label) => label.primary).span.start);
  return { code, message, line, column, notes, help };
}

function httpError(statusCode, message) {
  return Object.assign(new Error(message), { statusCode });
}
