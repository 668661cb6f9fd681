import type { Command } from 'commander';
import { installKernel, kernelStatus, startLab, uninstallKernel } from '../notebooks/index.js';
import { EXIT } from './exit.js';
import { makeOutput } from './output.js';

/** `echolab kernel install|uninstall|status` and `echolab lab`. */
export function addKernel(program: Command): void {
  const kernel = program.command('kernel').description('the TypeScript kernel of JupyterLab and VS Code');
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

  program
    .command('lab')
    .description('open the notebooks in JupyterLab, on this machine only')
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
