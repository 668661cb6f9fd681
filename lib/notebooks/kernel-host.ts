/**
 * The process in which one tslab kernel runs for `Kernel.start`. It starts tslab unchanged, and adds what tslab lacks:
 *
 * - Ports are chosen by the system at the moment of binding and reported to the parent, so that two kernels never meet.
 * - The output queue has no limit, where ZeroMQ's default of 1,000 messages drops what a talkative cell prints.
 * - A watching thread ends the process when the parent is gone, even while a cell keeps the main thread busy.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** In the order in which tslab binds its sockets. */
const SOCKETS = ['iopub', 'shell', 'control', 'stdin', 'hb'] as const;

/** What the host tells its parent once every socket is bound. */
export type KernelPorts = Record<(typeof SOCKETS)[number], number>;

interface BindableSocket {
  bind(address: string): Promise<void>;
  readonly lastEndpoint: string | null;
  sendHighWaterMark?: number;
}

interface TslabMain {
  startKernel(options: { configPath: string; enableFindLocal: boolean; jsKernel: boolean }): void;
}

const requireHere = createRequire(import.meta.url);
const requireOfTslab = createRequire(requireHere.resolve('tslab/package.json'));

function reportPortsOnceBound(): void {
  const zeromq = requireOfTslab('zeromq') as Record<'Publisher' | 'Router' | 'Reply', { prototype: BindableSocket }>;
  const ports: Partial<KernelPorts> = {};
  let next = 0;
  for (const { prototype } of [zeromq.Publisher, zeromq.Router, zeromq.Reply]) {
    const { bind } = prototype;
    // The inherited method is read-only, so assignment would fail.
    Object.defineProperty(prototype, 'bind', {
      async value(this: BindableSocket, address: string): Promise<void> {
        const name = SOCKETS[next++];
        if (name === 'iopub') this.sendHighWaterMark = 0;
        await bind.call(this, address);
        if (name === undefined) return;
        ports[name] = Number(this.lastEndpoint?.split(':').at(-1));
        if (SOCKETS.every((socket) => ports[socket] !== undefined)) process.send?.(ports);
      },
    });
  }
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
  endWithParent();
  reportPortsOnceBound();
  (requireOfTslab('./dist/main.js') as TslabMain).startKernel({ configPath, enableFindLocal: false, jsKernel: false });
}
