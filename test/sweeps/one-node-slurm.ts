import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../lib/core/programs.js';

const DAEMONS = ['munged', 'slurmctld', 'slurmd'] as const;
type Daemon = (typeof DAEMONS)[number];
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];
const DEADLINE_MILLISECONDS = 30_000;

function programOf(name: string): string | undefined {
  return findProgram([name, ...FOLDERS.map((folder) => join(folder, name))]);
}

/** What of Slurm is not installed here. */
export function missingPrograms(): string[] {
  return [...DAEMONS, 'sbatch', 'squeue', 'scontrol', 'scancel'].filter((name) => programOf(name) === undefined);
}

/**
 * A Slurm of one node with two cores on loopback, with a munge of its own: everything in one temporary folder and on free ports, so
 * that it disturbs no other on this machine. Needs no systemd, no cgroups and no accounting.
 */
export class OneNodeSlurm {
  readonly folder = mkdtempSync(join(tmpdir(), 'echolab-slurm-'));
  /** Environment in which Slurm's programs talk to this one. */
  readonly environment = { ...process.env, SLURM_CONF: join(this.folder, 'slurm.conf') };

  async start(): Promise<void> {
    const key = join(this.folder, 'munge.key');
    writeFileSync(key, randomBytes(128), { mode: 0o400 });
    for (const name of ['state', 'spool']) mkdirSync(join(this.folder, name));
    writeFileSync(this.environment.SLURM_CONF, await this.#config());
    this.#launch('munged', [
      '--force',
      `--key-file=${key}`,
      `--socket=${join(this.folder, 'munge.socket')}`,
      `--pid-file=${join(this.folder, 'munged.pid')}`,
      `--log-file=${join(this.folder, 'munged.log')}`,
      `--seed-file=${join(this.folder, 'munged.seed')}`,
    ]);
    await this.startController();
    this.#launch('slurmd', ['-f', this.environment.SLURM_CONF, '-N', 'one']);
    await this.#until('the node is idle', () => this.run('sinfo', ['--noheader', '--format=%T']).includes('idle'));
  }

  /** Starts the controller, again where it was killed; what it knew is in its state folder. */
  async startController(): Promise<void> {
    this.#launch('slurmctld', ['-f', this.environment.SLURM_CONF]);
    await this.#until('the controller answers', () => this.run('scontrol', ['ping']).includes('is UP'));
  }

  /**
   * Waits until the controller has written down what it knows, which it does every five seconds. One that is killed before would
   * start running jobs a second time; the node then refuses them and is drained until an administrator resumes it.
   */
  async saveState(): Promise<void> {
    const path = join(this.folder, 'state', 'job_state');
    const now = Date.now();
    this.run('sbatch', ['--hold', '--output=/dev/null', '--wrap=true']); // it saves only when something has changed
    await this.#until('the controller saves its state', () => statSync(path).mtimeMs >= now);
  }

  /** kill -9. */
  async killController(): Promise<void> {
    const pid = this.#pid('slurmctld');
    if (pid === undefined) throw new Error('the controller does not run');
    process.kill(pid, 'SIGKILL');
    await this.#until('the controller is gone', () => !isRunning(pid));
  }

  /** Runs one of Slurm's programs. */
  run(program: string, args: readonly string[]): string {
    return execFileSync(programOf(program) ?? program, [...args], {
      env: this.environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Takes the node down, which ends its jobs with NODE_FAIL, and brings it back. */
  async failNode(): Promise<void> {
    this.run('scontrol', ['update', 'NodeName=one', 'State=DOWN', 'Reason=test']);
    await this.#until('the node is back', () => {
      const down = this.run('sinfo', ['--noheader', '--format=%T']).includes('down');
      if (down) this.run('scontrol', ['update', 'NodeName=one', 'State=RESUME']); // refused if it came back by itself
      return !down;
    });
  }

  /** Ends every job. */
  async cancelJobs(): Promise<void> {
    this.run('scancel', [`--user=${userInfo().uid}`]);
    await this.#until('no job runs', () => this.run('squeue', ['--noheader']).trim() === '');
  }

  /** Ends jobs and daemons and removes the folder. */
  async stop(): Promise<void> {
    try {
      await this.cancelJobs();
    } catch {
      // the controller is down, or never came up: there is nothing to cancel
    }
    const pids = [...DAEMONS].reverse().flatMap((name) => this.#pid(name) ?? []);
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    await this.#until('the daemons are gone', () => !pids.some(isRunning)).catch(() => {
      for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
    });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the daemons wrote, for the message of a failed start. */
  logs(): string {
    return DAEMONS.map((name) => join(this.folder, `${name}.log`))
      .filter((path) => existsSync(path))
      .map((path) => `${path}\n${readFileSync(path, 'utf8').slice(-2000)}`)
      .join('\n');
  }

  async #config(): Promise<string> {
    const [controller, node] = await Promise.all([freePort(), freePort()]);
    const host = hostname().split('.')[0];
    const { username } = userInfo();
    const path = (name: string): string => join(this.folder, name);
    return [
      'ClusterName=echolab',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      `SlurmUser=${username}`,
      `SlurmdUser=${username}`,
      'AuthType=auth/munge',
      `AuthInfo=socket=${path('munge.socket')}`,
      'CredType=cred/munge',
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'JobAcctGatherType=jobacct_gather/none',
      'MpiDefault=none',
      'ReturnToService=2',
      'KillWait=2',
      'SlurmdParameters=config_overrides',
      'SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1',
      'PreemptType=preempt/partition_prio',
      'PreemptMode=CANCEL',
      `StateSaveLocation=${path('state')}`,
      `SlurmdSpoolDir=${path('spool')}`,
      `SlurmctldPidFile=${path('slurmctld.pid')}`,
      `SlurmdPidFile=${path('slurmd.pid')}`,
      `SlurmctldLogFile=${path('slurmctld.log')}`,
      `SlurmdLogFile=${path('slurmd.log')}`,
      `NodeName=one NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=500`,
      'PartitionName=main Nodes=one Default=YES State=UP PriorityTier=1',
      'PartitionName=urgent Nodes=one State=UP PriorityTier=10',
      '',
    ].join('\n');
  }

  #launch(daemon: Daemon, args: readonly string[]): void {
    execFileSync(programOf(daemon) ?? daemon, [...args], { env: this.environment, stdio: 'ignore', timeout: 20_000 });
  }

  #pid(daemon: Daemon): number | undefined {
    const path = join(this.folder, `${daemon}.pid`);
    const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
    return pid > 0 && isRunning(pid) ? pid : undefined;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MILLISECONDS;
    for (;;) {
      try {
        if (holds()) return;
      } catch {
        // the program that was asked does not answer yet
      }
      if (performance.now() > deadline) throw new Error(`waited in vain until ${what}\n${this.logs()}`);
      await sleep(100);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
