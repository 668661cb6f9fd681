import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../lib/notebooks/kernel.js';
import { gone, notebookOf } from './notebook-of.js';

const cwd = new URL('../fixtures/notebooks/', import.meta.url).pathname;

describe('Kernel', { timeout: 180_000 }, () => {
  it('listens on loopback only, and its key is for this user only and for the start only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'echolab-test-'));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    const starting = Kernel.start({ cwd });
    const modes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => [
      name.replace(/^echolab-kernel-\w+/, 'folder'),
      statSync(join(folder, name)).mode & 0o777,
    ]);
    const kernel = await starting;
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    try {
      expect(modes).toEqual([
        ['folder', 0o700],
        ['folder/connection.json', 0o600],
      ]);
      expect(readdirSync(folder)).toEqual([]);
      let pid = 0;
      const execution = await kernel.execute('console.log(process.pid)', 30, ({ content }) => {
        pid = Number(content.text);
      });
      expect(execution).toEqual({ status: 'ok', executionCount: 1 });
      // Five sockets, each on 127.0.0.1 as Linux writes it.
      if (existsSync('/proc/net/tcp')) expect(listeningAddresses(pid)).toEqual(Array(5).fill('0100007F'));
      expect(kernel.end).toBeUndefined();
    } finally {
      await kernel.stop();
    }
    expect(kernel.end).toBe('signal SIGKILL');
  });

  it('goes on after a missed message of either socket', async () => {
    const { Dealer, Subscriber } = await import('zeromq');
    const sockets = [missing(Dealer.prototype, 'execute_reply'), missing(Subscriber.prototype, '"idle"')];
    const kernel = await Kernel.start({ cwd, wakeSeconds: 0.5 });
    try {
      for (const socket of sockets) {
        socket.armed = true;
        expect(await kernel.execute('1 + 1', 30, () => {})).toMatchObject({ status: 'ok' });
        expect(socket.missed).toBe(true);
      }
    } finally {
      await kernel.stop();
    }
  });

  it('ends the kernel when the runner is killed, even in a busy cell', async () => {
    const script = `
      const { runNotebook } = await import(${JSON.stringify(new URL('../../lib/dist/notebooks/run-notebook.js', import.meta.url).href)});
      const source = ${JSON.stringify(notebookOf('console.log(process.pid)', 'for (;;);'))};
      await runNotebook(source, { onProgress: ({ cell, state, line }) => {
        if (cell === 1 && state === 'printed') console.log(line);
        if (cell === 2) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);
      } });`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(runner.stdout, 'data');
    await once(runner, 'exit');
    expect(await gone(Number(String(line)))).toBe(true);
  });

  it('says why no kernel started', async () => {
    await expect(Kernel.start({ cwd: join(cwd, 'missing') })).rejects.toThrow(
      /Kernel.start: tslab must start, got .*ENOENT/,
    );
  });
});

/** Local addresses, in hexadecimal, on which a process listens. */
function listeningAddresses(pid: number): string[] {
  const inodes = readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(pid, fd))?.[1]);
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .split('\n')
      .map((row) => row.trim().split(/\s+/))
      .filter((row) => row[3] === '0A' && inodes.includes(row[9]))
      .map((row) => row[1]?.split(':')[0] ?? ''),
  );
}

function linkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}

/**
 * What a missed wake-up of a ZeroMQ socket looks like: once armed, the next message that says `text` is handed over only
 * when another arrives. To be called before the socket is made.
 */
function missing(prototype: { receive(): Promise<Buffer[]> }, text: string): { armed: boolean; missed: boolean } {
  const { receive } = prototype;
  const held: Buffer[][] = [];
  const state = { armed: false, missed: false };
  Object.defineProperty(prototype, 'receive', {
    async value(this: typeof prototype): Promise<Buffer[]> {
      const frames = held.shift() ?? (await receive.call(this));
      if (state.armed && frames.some((frame) => String(frame).includes(text))) {
        state.armed = false;
        held.push(await receive.call(this));
        state.missed = true;
      }
      return frames;
    },
  });
  return state;
}
