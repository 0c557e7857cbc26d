/**
 * `host:http`: requests to hosts by name.
 *
 * Promises: no request goes to a host, or by a method, that was not granted; redirects are answers, never followed; a
 * request ends after 30 seconds, an answer at 16 MB. A host is what stands in the URL: what address it has is not judged.
 */
import { type Capability, capability, GuestError } from '../engine/host.ts';
import { stringify } from '../engine/json.ts';
import { usageFailure } from './failure.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 << 20;
const ANSWER = '{ status: integer, type: string | null, location: string | null, body: string }';
const METHODS = ['GET', 'POST'] as const;
type Method = (typeof METHODS)[number];

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly location: string | null;
  readonly body: string;
}

interface Request {
  readonly method: Method;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** `grants` are hosts, with a port where that is not the usual one, behind `GET:` or `POST:` for just that. */
export function httpTo(grants: readonly string[]): Capability {
  const hosts = new Map<Method, Set<string>>(METHODS.map((method) => [method, new Set()]));
  for (const grant of grants) {
    const { method, host } = readGrant(grant);
    for (const one of METHODS) if (method === undefined || method === one) hosts.get(one)?.add(host);
  }
  const common = { async: true, timeoutMs: TIMEOUT_MS, withContext: true, returns: ANSWER } as const;
  return capability('host:http', {
    get: {
      ...common,
      params: ['url: string'],
      effect: 'read',
      call: ({ signal }: { readonly signal: AbortSignal }, url: string) =>
        send(url, { method: 'GET', body: null, signal }),
    },
    post: {
      ...common,
      params: ['url: string', 'value: any'],
      effect: 'write',
      call: ({ signal }: { readonly signal: AbortSignal }, url: string, value: unknown) =>
        send(url, { method: 'POST', body: stringify(value), signal }),
    },
  }).where((member, [url]) => {
    const method = member === 'get' ? 'GET' : 'POST';
    const host = hostOf(url as string);
    return host !== null && hosts.get(method)?.has(host) === true;
  });
}

function readGrant(grant: string): { readonly method: Method | undefined; readonly host: string } {
  const [, name, rest = ''] = /^(?:([A-Z]+):(?!\d+$))?(.*)$/s.exec(grant) ?? [];
  const method = METHODS.find((m) => m === name);
  // Written so that a URL with this host has exactly this host: no path, no user, no wildcard.
  const host = hostOf(`http://${rest}/`);
  const isHost = host !== null && host === rest.toLowerCase() && !host.includes('*');
  if ((name !== undefined && method === undefined) || !isHost)
    throw usageFailure(
      `host:http takes hosts such as api.example, localhost:8080 or GET:api.example, found '${grant}'`,
    );
  return { method, host };
}

/** Null for what is no address of the web. */
function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, username, password } = new URL(url);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && username === '' && password === '' ? host : null;
}

async function send(url: string, { method, body, signal }: Request): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal,
      redirect: 'manual',
      ...(body === null ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
  } catch (error) {
    throw new GuestError(`the request to ${new URL(url).host} failed: ${reasonOf(error)}`);
  }
  const { status, headers } = response;
  return { status, type: headers.get('content-type'), location: headers.get('location'), body: await textOf(response) };
}

/** Of a failed request the platform tells the reason in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.name : 'unknown';
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > MAX_BYTES) throw new GuestError(`the answer is larger than ${MAX_BYTES >> 20} MB`);
    parts.push(decoder.decode(bytes, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}
