import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { FormatError } from '../core/errors.js';

/** Separates the routing prefix from the signed part of a message. */
const DELIMITER = '<IDS|MSG>';

/** A message of the Jupyter protocol 5.3, without its signature. */
export interface JupyterMessage {
  header: { msg_id: string; msg_type: string };
  /** The header of the request that this answers; empty for a request. */
  parent: { msg_id?: string };
  content: Record<string, unknown>;
}

/** A request with the frames to send. */
export interface EncodedRequest {
  id: string;
  frames: string[];
}

/** Signs and frames a request. */
export function encodeRequest(
  key: string,
  session: string,
  type: string,
  content: Record<string, unknown>,
): EncodedRequest {
  const id = randomUUID();
  const header = {
    msg_id: id,
    session,
    username: 'echolab',
    date: new Date().toISOString(),
    msg_type: type,
    version: '5.3',
  };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [DELIMITER, sign(key, parts), ...parts] };
}

/**
 * Checks the signature of a received message and reads it.
 *
 * @throws {FormatError} if the frames are not a message or were signed with another key
 */
export function decodeMessage(key: string, frames: readonly Uint8Array[]): JupyterMessage {
  const start = frames.findIndex((frame) => Buffer.from(frame).toString() === DELIMITER);
  const [signature, header, parent, , content] = frames
    .slice(start + 1)
    .map((frame) => Buffer.from(frame).toString('utf8'));
  if (start < 0 || !signature || !header || !parent || !content) {
    throw new FormatError(
      `decodeMessage: expected a signed Jupyter message of five parts, got ${frames.length} frames`,
    );
  }
  const expected = Buffer.from(sign(key, frames.slice(start + 2, start + 6)));
  const got = Buffer.from(signature);
  if (expected.length !== got.length || !timingSafeEqual(expected, got)) {
    throw new FormatError(
      'decodeMessage: the signature does not match the key of this kernel; another program wrote it',
    );
  }
  return { header: JSON.parse(header), parent: JSON.parse(parent), content: JSON.parse(content) };
}

function sign(key: string, parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}
