import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { jsonReply, type LocalServer, serveLocally } from '../../lib/interactive/local-server.js';

let server: LocalServer;
beforeAll(async () => {
  server = await serveLocally(
    ({ method, path, query, body }) => {
      if (path === 'bad') throw new DataError('reader: the file is damaged');
      if (path === 'nothing') return null;
      return jsonReply({ method, path, query: query.get('q'), body });
    },
    { policy: "default-src 'none'" },
  );
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request with any headers, which `fetch` would not send. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const own = (): string => new URL(server.url).pathname;
const json = { 'content-type': 'application/json' };

describe('serveLocally', () => {
  it('answers to whoever has the address', async () => {
    const { status, headers, body } = await ask(`${own()}a/b%20c?q=1`);
    expect([status, JSON.parse(body)]).toEqual([200, { method: 'GET', path: 'a/b c', query: '1', body: null }]);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    expect(own()).toMatch(/^\/[0-9a-f]{32}\/$/);
  });

  it('has nothing for those without the token', async () => {
    for (const path of ['/', '/a', `/${'0'.repeat(32)}/`, own().slice(0, -1), own().slice(0, -2)]) {
      expect((await ask(path)).status).toBe(404);
    }
  });

  it('answers to its own name only: no other site may be pointed here', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1', '127.0.0.1:1']) {
      expect((await ask(own(), { headers: { host } })).status).toBe(403);
    }
    expect((await ask(own(), { headers: { host: `localhost:${server.port}` } })).status).toBe(200);
  });

  it('takes JSON from its own page only', async () => {
    const post = (headers: Record<string, string>, body = '{"a":1}'): Promise<Answer> =>
      ask(own(), { method: 'POST', headers, body });
    expect(JSON.parse((await post(json)).body).body).toEqual({ a: 1 });
    expect((await post({ ...json, origin: `http://127.0.0.1:${server.port}` })).status).toBe(200);
    expect((await post({ ...json, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ ...json, origin: 'null' })).status).toBe(403);
    expect((await post({ ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post(json, 'not json')).body).toContain('not JSON');
    expect((await post(json, JSON.stringify('x'.repeat(2 ** 20)))).body).toContain('bytes at most');
    expect((await ask(own(), { method: 'DELETE' })).status).toBe(405);
  });

  it('says what is wrong in words, and nothing where there is nothing', async () => {
    const bad = await ask(`${own()}bad`);
    expect([bad.status, JSON.parse(bad.body)]).toEqual([
      400,
      { error: { name: 'DataError', message: 'reader: the file is damaged' } },
    ]);
    expect((await ask(`${own()}nothing`)).status).toBe(404);
    expect((await ask(`${own()}%E0%A4%A`)).status).toBe(400);
  });

  it('names a port that is taken', async () => {
    await expect(serveLocally(() => null, { policy: '', port: server.port })).rejects.toThrow(
      /is taken; choose another/,
    );
  });
});
