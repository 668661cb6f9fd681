import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dealer, Subscriber } from 'zeromq';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { workerUrl } from '../core/workers.js';
import type { KernelPorts } from './kernel-host.js';
import { decodeMessage, encodeRequest, type JupyterMessage } from './wire.js';

/** How long an interrupted cell may take to stop before the kernel is killed. */
const INTERRUPT_GRACE_SECONDS = 2;
/** How long a kernel may take to answer; it loads a TypeScript compiler first. */
const START_SECONDS = 120;
/** How long tslab refuses work after a failed cell is 200 ms; this is the pause between tries. */
const RETRY_MILLISECONDS = 50;
/** How often a waiting runner speaks to the kernel; see {@link Kernel.execute}. */
const WAKE_SECONDS = 20;

export interface KernelOptions {
  /** The kernel's folder: relative paths and imports of the cells start here. Default: the current folder. */
  cwd?: string | undefined;
  /** Variables set on top of this process's own environment. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Seconds between the wake-up calls to a kernel that runs a cell. Default: 20. */
  wakeSeconds?: number | undefined;
}

/** How a cell ended. */
export interface Execution {
  /** `timeout`: interrupted, the kernel lives on. `killed`: it would not stop and the kernel was killed. `died`: the kernel ended by itself. */
  status: 'ok' | 'error' | 'timeout' | 'killed' | 'died';
  executionCount: number | null;
}

interface Waiting {
  onOutput: (message: JupyterMessage) => void;
  reply: JupyterMessage | undefined;
  idle: boolean;
  resolve: (reply: JupyterMessage) => void;
}

/**
 * A running tslab kernel, driven over the Jupyter protocol without Python.
 *
 * All sockets are on 127.0.0.1 with ports of the system's choice; every message is signed with a key that lives only in
 * a connection file that this user alone can read and that is deleted once the kernel has read it.
 */
export class Kernel {
  readonly #process: ChildProcess;
  readonly #key: string;
  readonly #wakeSeconds: number;
  readonly #session = randomUUID();
  readonly #waiting = new Map<string, Waiting>();
  readonly #ended: Promise<void>;
  #sockets: { shell: Dealer; iopub: Subscriber } | undefined;
  #log = '';
  #end: string | undefined;
  #fault: string | undefined;

  private constructor(child: ChildProcess, key: string, wakeSeconds: number) {
    this.#process = child;
    this.#key = key;
    this.#wakeSeconds = wakeSeconds;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#log = (this.#log + data.toString('utf8')).slice(-10_000);
      });
    }
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end ??= how;
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
      child.once('error', (error) => end(error.message));
    });
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * @throws {EnvironmentError} if the kernel ends or stays silent instead
   */
  static async start(options: KernelOptions = {}): Promise<Kernel> {
    const key = randomUUID();
    const folder = mkdtempSync(join(tmpdir(), 'echolab-kernel-'));
    let kernel: Kernel | undefined;
    try {
      const connection = join(folder, 'connection.json');
      const port = '*';
      const fields = { shell_port: port, iopub_port: port, control_port: port, stdin_port: port, hb_port: port };
      writeFileSync(
        connection,
        JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', signature_scheme: 'hmac-sha256', key, ...fields }),
        { mode: 0o600 },
      );
      const host = fileURLToPath(workerUrl(import.meta.url, './kernel-host.js'));
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', host, connection], {
        cwd: options.cwd ?? process.cwd(),
        // Colour codes have no place in a notebook's text.
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NODE_OPTIONS: '', ...options.env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // A group of its own: Ctrl-C reaches the runner only, and what a cell started ends with the kernel.
        detached: process.platform !== 'win32',
      });
      kernel = new Kernel(child, key, options.wakeSeconds ?? WAKE_SECONDS);
      await kernel.#connect();
      return kernel;
    } catch (error) {
      kernel?.kill();
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** How the kernel's process ended, with the last it printed; undefined while it runs. */
  get end(): string | undefined {
    if (this.#end === undefined) return undefined;
    return [this.#fault ?? this.#end, this.#log.trim()].filter((line) => line !== '').join('\n');
  }

  async #connect(): Promise<void> {
    const ports = await this.#orFail(
      new Promise<KernelPorts>((resolve) =>
        this.#process.once('message', (message) => resolve(message as KernelPorts)),
      ),
    );
    const { Dealer, Subscriber } = await import('zeromq');
    const shell = new Dealer({ linger: 0, receiveHighWaterMark: 0 });
    const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    this.#sockets = { shell, iopub };
    iopub.connect(`tcp://127.0.0.1:${ports.iopub}`);
    iopub.subscribe();
    shell.connect(`tcp://127.0.0.1:${ports.shell}`);
    void this.#receive(shell);
    void this.#receive(iopub);
    await this.#orFail(this.#subscribed());
  }

  /** Rejects when the kernel ends, or says nothing for {@link START_SECONDS}, before `step` is done. */
  async #orFail<T>(step: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<'silent'>((resolve) => {
      timer = setTimeout(() => resolve('silent'), START_SECONDS * 1000);
    });
    const result = await Promise.race([step.then((value) => ({ value })), this.#ended, silent]);
    clearTimeout(timer);
    if (result === 'silent' || result === undefined) {
      const got = result === 'silent' ? `silence for ${START_SECONDS} s` : this.end;
      throw new EnvironmentError(
        `Kernel.start: tslab must start, got ${got}; run "npm ci" again, and free memory if the machine is short of it`,
      );
    }
    return result.value;
  }

  /** A subscription takes effect some time after it is made: asks until an answer arrives on both sockets. */
  async #subscribed(): Promise<void> {
    for (;;) {
      const complete = this.#request('kernel_info_request', {}, () => {}).then(() => true);
      if (await Promise.race([complete, pause(RETRY_MILLISECONDS)])) return;
    }
  }

  async #receive(socket: Dealer | Subscriber): Promise<void> {
    try {
      for await (const frames of socket) this.#deliver(decodeMessage(this.#key, frames));
    } catch (error) {
      if (this.#sockets === undefined) return; // closed by kill()
      this.#fault = messageOf(error);
      this.kill();
    }
  }

  #deliver(message: JupyterMessage): void {
    const waiting = this.#waiting.get(message.parent.msg_id ?? '');
    if (waiting === undefined) return;
    if (message.header.msg_type.endsWith('_reply')) waiting.reply = message;
    else if (message.header.msg_type !== 'status') waiting.onOutput(message);
    else if (message.content.execution_state === 'idle') waiting.idle = true;
    if (waiting.reply !== undefined && waiting.idle) waiting.resolve(waiting.reply);
  }

  /** Resolves once the reply and the end of the outputs have both arrived. Later outputs still reach `onOutput`. */
  #request(
    type: string,
    content: Record<string, unknown>,
    onOutput: (message: JupyterMessage) => void,
  ): Promise<JupyterMessage> {
    const { id, frames } = encodeRequest(this.#key, this.#session, type, content);
    const done = new Promise<JupyterMessage>((resolve) => {
      this.#waiting.set(id, { onOutput, resolve, reply: undefined, idle: false });
    });
    void this.#sockets?.shell.send(frames);
    return done;
  }

  /**
   * Runs one cell; one at a time.
   *
   * Resolves when the cell is done and everything it printed has arrived, including what rejected promises
   * print right after it.
   *
   * A ZeroMQ socket tells its process once of what has arrived; if this is missed, message and process wait for each other
   * until the socket is used again. Such a stop was seen twice, after a cell of an hour. So the kernel is asked for its name
   * now and then while a cell runs: the question and its answer use every socket on both sides.
   *
   * @param onOutput receives `stream`, `display_data` and `update_display_data` messages
   */
  async execute(code: string, timeoutSeconds: number, onOutput: (message: JupyterMessage) => void): Promise<Execution> {
    const ask = async (): Promise<JupyterMessage> => {
      for (;;) {
        const content = { code, silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
        const reply = await this.#request('execute_request', { ...content, user_expressions: {} }, onOutput);
        if (reply.content.status !== 'abort') {
          await this.#request('kernel_info_request', {}, () => {});
          return reply;
        }
        await pause(RETRY_MILLISECONDS);
      }
    };
    const done = ask();
    const wake = setInterval(() => this.#wake(), this.#wakeSeconds * 1000);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutSeconds * 1000);
    });
    try {
      const first = await Promise.race([done, late, this.#ended]);
      if (first === undefined) {
        await pause(100); // for what it printed last
        return { status: 'died', executionCount: null };
      }
      if (first !== 'late') return { status: first.content.status === 'ok' ? 'ok' : 'error', ...countOf(first) };
      this.#process.kill('SIGINT');
      const second = await Promise.race([done, this.#ended, pause(INTERRUPT_GRACE_SECONDS * 1000)]);
      if (typeof second === 'object') return { status: 'timeout', ...countOf(second) };
      this.kill();
      return { status: 'killed', executionCount: null };
    } finally {
      clearTimeout(timer);
      clearInterval(wake);
    }
  }

  /** Nobody waits for the answer, and a kernel that takes no message now is asked again later. */
  #wake(): void {
    const { frames } = encodeRequest(this.#key, this.#session, 'kernel_info_request', {});
    this.#sockets?.shell.send(frames).catch(() => {});
  }

  /** Ends the kernel and everything that its cells started, at once. Safe to call twice. */
  kill(): void {
    const { pid } = this.#process;
    if (this.#end === undefined && pid !== undefined) {
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    this.#sockets?.shell.close();
    this.#sockets?.iopub.close();
    this.#sockets = undefined;
  }

  /** Kills the kernel and waits until its process is gone. */
  async stop(): Promise<void> {
    this.kill();
    await this.#ended;
  }
}

function countOf(reply: JupyterMessage): { executionCount: number | null } {
  const count = reply.content.execution_count;
  return { executionCount: typeof count === 'number' ? count : null };
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}
