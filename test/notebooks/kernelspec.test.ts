import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dealer } from 'zeromq';
import {
  installKernel,
  jupyterDataFolder,
  kernelSpec,
  kernelStatus,
  uninstallKernel,
} from '../../lib/notebooks/kernelspec.js';
import { decodeMessage, encodeRequest } from '../../lib/notebooks/wire.js';

const before = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-test-'));
  delete process.env.JUPYTER_PATH;
  process.env.JUPYTER_DATA_DIR = folder;
});
afterEach(() => {
  for (const name of ['JUPYTER_PATH', 'JUPYTER_DATA_DIR', 'XDG_DATA_HOME']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

describe('kernelspec', { timeout: 180_000 }, () => {
  it('registers, reports and removes the kernel', async () => {
    const path = join(folder, 'kernels', 'tslab');
    expect(kernelStatus()).toEqual({ installed: false, ours: false, folder: path, problem: undefined });
    expect(await installKernel()).toBe(path);
    expect(JSON.parse(readFileSync(join(path, 'kernel.json'), 'utf8'))).toEqual(kernelSpec());
    expect(kernelStatus()).toEqual({ installed: true, ours: true, folder: path, problem: undefined });
    expect(await installKernel()).toBe(path);
    expect(uninstallKernel()).toBe(path);
    expect(existsSync(path)).toBe(false);
    expect(uninstallKernel()).toBeUndefined();
  });

  it("finds another's registration, a dead one and a damaged one", () => {
    const path = join(folder, 'kernels', 'tslab');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'kernel.json'), JSON.stringify({ argv: ['tslab', 'kernel'] }));
    expect(kernelStatus()).toMatchObject({ installed: true, ours: false });
    writeFileSync(join(path, 'kernel.json'), JSON.stringify({ argv: ['/nowhere/node', 'x'] }));
    expect(kernelStatus()).toMatchObject({ installed: false, problem: '/nowhere/node is not there any more' });
    writeFileSync(join(path, 'kernel.json'), '{');
    expect(kernelStatus()).toMatchObject({ installed: false, problem: expect.stringContaining('cannot be read') });
  });

  it('knows where Jupyter looks', async () => {
    process.env.JUPYTER_PATH = join(folder, 'first');
    expect(await installKernel()).toBe(join(folder, 'first', 'kernels', 'tslab'));
    delete process.env.JUPYTER_DATA_DIR;
    process.env.XDG_DATA_HOME = '/data';
    // jupyter_core 5.8: jupyter_data_dir()
    if (process.platform === 'linux') expect(jupyterDataFolder()).toBe('/data/jupyter');
    delete process.env.XDG_DATA_HOME;
    if (process.platform === 'linux') expect(jupyterDataFolder()).toBe(join(homedir(), '.local/share/jupyter'));
  });

  it('names a command that starts a kernel as Jupyter starts one', async () => {
    const ports = await freePorts(5);
    const [shell_port, iopub_port, control_port, stdin_port, hb_port] = ports;
    const connection = join(folder, 'connection.json');
    const rest = { iopub_port, control_port, stdin_port, hb_port, signature_scheme: 'hmac-sha256' };
    writeFileSync(connection, JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', key: 'k', shell_port, ...rest }));
    const [program = '', ...args] = kernelSpec().argv.map((part) => part.replace('{connection_file}', connection));
    const kernel = spawn(program, args, { cwd: folder, stdio: 'ignore' });
    const shell = new Dealer({ linger: 0 });
    try {
      shell.connect(`tcp://127.0.0.1:${shell_port}`);
      await shell.send(encodeRequest('k', 's', 'kernel_info_request', {}).frames);
      const reply = decodeMessage('k', await shell.receive());
      expect(reply.content).toMatchObject({ implementation: 'tslab', language_info: { name: 'typescript' } });
      const ended = once(kernel, 'exit');
      await shell.send(encodeRequest('k', 's', 'shutdown_request', { restart: false }).frames);
      expect(await ended).toEqual([0, null]);
    } finally {
      shell.close();
      kernel.kill('SIGKILL');
    }
  });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
