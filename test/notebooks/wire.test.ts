import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeRequest } from '../../lib/notebooks/wire.js';

const PARTS = ['{"msg_id":"a","msg_type":"status"}', '{"msg_id":"b"}', '{}', '{"execution_state":"idle"}'];
// Python 3 hmac.new(b'secret', b''.join(PARTS), 'sha256').hexdigest()
const SIGNATURE = '356b879b814c16ee935481e7469fc43c6374d312a2a85da5bfec2a9a439f19c9';

const frames = (signature: string): Buffer[] =>
  ['topic', '<IDS|MSG>', signature, ...PARTS].map((frame) => Buffer.from(frame));

describe('wire', () => {
  it('reads a message that another implementation signed', () => {
    expect(decodeMessage('secret', frames(SIGNATURE))).toEqual({
      header: { msg_id: 'a', msg_type: 'status' },
      parent: { msg_id: 'b' },
      content: { execution_state: 'idle' },
    });
  });

  it('refuses a message of another key, of a changed text, or that is none', () => {
    expect(() => decodeMessage('other', frames(SIGNATURE))).toThrow('signature');
    const changed = frames(SIGNATURE);
    changed[6] = Buffer.from('{"execution_state":"busy"}');
    expect(() => decodeMessage('secret', changed)).toThrow('signature');
    expect(() => decodeMessage('secret', frames('short'))).toThrow('signature');
    expect(() => decodeMessage('secret', [Buffer.from('noise')])).toThrow('signed Jupyter message');
  });

  it('writes requests that it can read, each with an id of its own', () => {
    const request = encodeRequest('secret', 'session', 'execute_request', { code: 'π' });
    const message = decodeMessage(
      'secret',
      request.frames.map((frame) => Buffer.from(frame)),
    );
    expect(message).toMatchObject({
      header: { msg_id: request.id, msg_type: 'execute_request' },
      content: { code: 'π' },
    });
    expect(encodeRequest('secret', 'session', 'execute_request', {}).id).not.toBe(request.id);
  });
});
