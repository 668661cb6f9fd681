import type { Command } from 'commander';
import { installKernel, kernelStatus, startLab, uninstallKernel } from '../notebooks/index.js';
import { EXIT } from './exit.js';
import { makeOutput } from './output.js';

/** `echolab kernel install|uninstall|status`. */
export function addKernel(kernel: Command): void {
  kernel
    .command('install')
    .description('register the kernel for this user; needs no Python')
    .option('--json', 'print one JSON value', false)
    .action(async ({ json }: { json: boolean }) => {
      const output = makeOutput(json);
      const folder = await installKernel();
      output.line(`registered in ${folder}; JupyterLab and VS Code list it as "TypeScript"`);
      output.result({ folder });
    });
  kernel
    .command('uninstall')
    .description('remove the registration')
    .option('--json', 'print one JSON value', false)
    .action(({ json }: { json: boolean }) => {
      const output = makeOutput(json);
      const folder = uninstallKernel() ?? null;
      output.line(folder === null ? 'nothing was registered' : `removed ${folder}`);
      output.result({ folder });
    });
  kernel
    .command('status')
    .description('say whether and where the kernel is registered')
    .option('--json', 'print one JSON value', false)
    .action(({ json }: { json: boolean }) => {
      const output = makeOutput(json);
      const status = kernelStatus();
      output.line(status.installed ? `registered in ${status.folder}` : 'not registered: npm run kernel:install');
      if (status.problem !== undefined) output.line(status.problem);
      output.result(status);
    });
}

/** `echolab lab`. */
export function addLab(command: Command): void {
  command
    .option('--port <port>', 'first port to try', Number)
    .option('--no-browser', 'do not open a browser')
    .action(async ({ port, browser }: { port?: number; browser: boolean }) => {
      const interrupt = new AbortController();
      process.once('SIGTERM', () => interrupt.abort());
      const result = await startLab({
        ...(port !== undefined && { port }),
        openBrowser: browser,
        signal: interrupt.signal,
      });
      if ('missing' in result) {
        for (const line of result.missing) process.stderr.write(`${line}\n`);
        process.exitCode = EXIT.failed;
      } else {
        process.exitCode = result.exitCode;
      }
    });
}
