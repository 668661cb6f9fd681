import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EchoLabError, EnvironmentError, messageOf } from '../core/errors.js';

/** A request that has passed every check. */
export interface LocalRequest {
  readonly method: 'GET' | 'POST';
  /** What follows the token, e.g. `clips`; empty for the page itself. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The JSON that a POST carries; null for GET. */
  readonly body: unknown;
}

/** What a handler answers. */
export interface LocalReply {
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Further headers, e.g. how a file is to be named. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request; null where there is nothing. */
export type LocalHandler = (request: LocalRequest) => LocalReply | null | Promise<LocalReply | null>;

export interface LocalServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The Content-Security-Policy of every answer. */
  readonly policy: string;
}

/** A page that is being served. */
export interface LocalServer {
  /** Address with the token; whoever has it may use the page. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const MOST_BODY_BYTES = 2 ** 20;

/**
 * Serves a page on 127.0.0.1 to whoever has its address, and to nobody else.
 *
 * The address holds a random token of 128 bits. The Host header must name this machine, which stops DNS rebinding; a POST must be JSON from the page's own
 * origin, which stops other pages in the same browser. Errors of this library become a kind sentence; others are printed and become "something failed".
 *
 * @throws {EnvironmentError} if the port cannot be had
 */
export async function serveLocally(handle: LocalHandler, options: LocalServerOptions): Promise<LocalServer> {
  const token = randomBytes(16).toString('hex');
  let port = 0;
  const server = createServer((request, response) => {
    answer(request, response, { token, port, handle, policy: options.policy }).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
      process.stderr.write(`${messageOf(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${error.message})`;
      reject(
        new EnvironmentError(`serveLocally: port ${options.port ?? 0} ${why}; choose another, or 0 for any free one`),
      );
    });
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Guard {
  readonly token: string;
  readonly port: number;
  readonly handle: LocalHandler;
  readonly policy: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, guard: Guard): Promise<void> {
  const send = (status: number, reply: LocalReply): void => {
    response.writeHead(status, {
      'Content-Type': reply.type,
      'Content-Length': Buffer.byteLength(reply.body),
      'Content-Security-Policy': guard.policy,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      ...reply.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : reply.body);
  };
  const refuse = (status: number, message: string): void =>
    send(status, { type: 'text/plain; charset=utf-8', body: `${message}\n` });

  if (!isOwnHost(request.headers.host, guard.port)) return refuse(403, 'This page answers to 127.0.0.1 only.');
  const url = new URL(request.url ?? '/', `http://127.0.0.1:${guard.port}`);
  const [given = '', ...rest] = url.pathname.slice(1).split('/');
  if (!sameToken(given, guard.token) || rest.length === 0) {
    return refuse(404, 'There is nothing here. Open the whole address that the terminal printed.');
  }
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') return refuse(405, 'Only GET and POST are answered.');
  const origin = request.headers.origin;
  const foreign = origin !== undefined && !isOwnHost(origin.replace(/^http:\/\//, ''), guard.port);
  if (foreign || request.headers['sec-fetch-site'] === 'cross-site') {
    return refuse(403, 'Other pages may not use this one.');
  }
  try {
    const path = decoded(rest.join('/'));
    const body = method === 'POST' ? await jsonOf(request) : null;
    const reply = await guard.handle({ method, path, query: url.searchParams, body });
    if (reply === null) refuse(404, 'There is nothing here.');
    else send(200, reply);
  } catch (error) {
    const known = error instanceof EchoLabError;
    if (!known) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    const name = known ? error.name : 'Error';
    const message = known ? error.message : 'Something failed; the terminal says what.';
    send(known ? 400 : 500, jsonReply({ error: { name, message } }));
  }
}

/** An answer in JSON. */
export function jsonReply(value: unknown): LocalReply {
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** A request that the page cannot have sent. */
export class RequestError extends EchoLabError {
  override name = 'RequestError';
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new RequestError('serveLocally: a POST must carry application/json');
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BODY_BYTES)
      throw new RequestError(`serveLocally: a POST may hold ${MOST_BODY_BYTES} bytes at most`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new RequestError('serveLocally: the body is not JSON');
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RequestError('serveLocally: the address is not well formed');
  }
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
