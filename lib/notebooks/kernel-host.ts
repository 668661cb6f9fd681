/**
 * The process in which one tslab kernel runs, for `Kernel.start` and for Jupyter. It starts tslab unchanged, and adds
 * what tslab lacks:
 *
 * - Outputs wait in a queue. tslab does not wait for ZeroMQ, which takes 512 messages in one turn of the event loop
 *   and refuses the next; a cell that prints more would drown in error messages about its error messages.
 * - For `Kernel.start`: ports given as `*` are chosen by the system at the moment of binding and reported to the parent, so that two
 *   kernels never meet.
 * - For `Kernel.start`: a watching thread ends the process when the parent is gone, even while a cell keeps the main thread busy.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** In the order in which tslab binds its sockets. */
const SOCKETS = ['iopub', 'shell', 'control', 'stdin', 'hb'] as const;

/** What the host tells its parent once every socket is bound. */
export type KernelPorts = Record<(typeof SOCKETS)[number], number>;

/** How many messages of one turn are sent at once; fewer than ZeroMQ takes. */
const SENT_AT_ONCE = 400;

interface ServerSocket {
  bind(address: string): Promise<void>;
  send(frames: unknown[]): Promise<void>;
  readonly lastEndpoint: string | null;
  sendHighWaterMark?: number;
}

type SocketClass = { prototype: ServerSocket };

interface TslabMain {
  startKernel(options: { configPath: string; enableFindLocal: boolean; jsKernel: boolean }): void;
}

const requireHere = createRequire(import.meta.url);
const requireOfTslab = createRequire(requireHere.resolve('tslab/package.json'));

const zeromq = requireOfTslab('zeromq') as Record<'Publisher' | 'Router' | 'Reply', SocketClass>;

function reportPortsOnceBound(report: (ports: KernelPorts) => void): void {
  const ports: Partial<KernelPorts> = {};
  let next = 0;
  for (const { prototype } of [zeromq.Publisher, zeromq.Router, zeromq.Reply]) {
    const { bind } = prototype;
    // The inherited methods are read-only, so assignment would fail.
    Object.defineProperty(prototype, 'bind', {
      async value(this: ServerSocket, address: string): Promise<void> {
        const name = SOCKETS[next++] as (typeof SOCKETS)[number];
        await bind.call(this, address);
        ports[name] = Number(this.lastEndpoint?.split(':').at(-1));
        if (SOCKETS.every((socket) => ports[socket] !== undefined)) report(ports as KernelPorts);
      },
    });
  }
}

function queueOutputs(): void {
  const { prototype } = zeromq.Publisher;
  const { send } = prototype;
  let atOnce = 0;
  let waiting = 0;
  let last = Promise.resolve();
  Object.defineProperty(prototype, 'send', {
    value(this: ServerSocket, frames: unknown[]): Promise<void> {
      this.sendHighWaterMark = 0; // no limit: the default drops what exceeds 1,000 messages
      if (waiting === 0 && atOnce < SENT_AT_ONCE) {
        if (atOnce++ === 0) setImmediate(() => (atOnce = 0));
        return send.call(this, frames);
      }
      waiting++;
      const sent = last.then(() => send.call(this, frames)).finally(() => waiting--);
      last = sent.catch(() => {}); // one message that cannot be sent does not hold back the next
      return sent;
    },
  });
}

function endWithParent(): void {
  const watch = `
    const parent = ${process.ppid};
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    }, 500);`;
  new Worker(watch, { eval: true, stdout: true, stderr: true }).unref();
}

const [configPath] = process.argv.slice(2);
if (configPath !== undefined) {
  queueOutputs();
  if (process.send) {
    // Started by `Kernel.start`; Jupyter and editors choose ports and end kernels themselves.
    endWithParent();
    reportPortsOnceBound((ports) => process.send?.(ports));
  }
  (requireOfTslab('./dist/main.js') as TslabMain).startKernel({ configPath, enableFindLocal: false, jsKernel: false });
}
