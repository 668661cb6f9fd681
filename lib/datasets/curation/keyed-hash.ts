import { createHmac } from 'node:crypto';

/** HMAC-SHA256, hex: without the salt nobody can try names against it. */
export function keyedHash(salt: string, text: string): string {
  return createHmac('sha256', salt).update(text).digest('hex');
}
