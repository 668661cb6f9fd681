import { createHash } from 'node:crypto';
import { type LocalServer, serveLocally } from './local-server.js';

/**
 * Serves one self-contained page on 127.0.0.1. Its scripts are allowed by their hashes, so nothing that a file name or a table might smuggle into the page
 * runs, and nothing is loaded from anywhere.
 *
 * @param port 0, the default, takes any free port
 */
export function serveExplorer(page: string, port = 0): Promise<LocalServer> {
  const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, source]) =>
      `'sha256-${createHash('sha256')
        .update(source ?? '', 'utf8')
        .digest('base64')}'`,
  );
  const policy = `default-src 'none'; script-src ${hashes.join(' ') || "'none'"}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return serveLocally(
    ({ method, path }) => (method === 'GET' && path === '' ? { type: 'text/html; charset=utf-8', body: page } : null),
    { policy, port },
  );
}
