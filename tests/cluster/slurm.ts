/** A Slurm of one node, in a folder of its own, for as long as a test file runs. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export interface Slurm {
  /** Runs one of its commands to the end. */
  call(command: string, ...args: string[]): { readonly code: number | null; readonly output: string }
  /** For processes that call it themselves. */
  readonly env: Record<string, string>
  end(): void
}

/** Starts it; a sentence where it cannot be started on this machine. */
export function startSlurm(): Slurm | string {
  if (process.platform !== 'linux' || process.getuid!() !== 0) return 'Slurm is started by root, on Linux'
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].find(
    name => spawnSync('which', [name], { env: { ...process.env, PATH: PATHS } }).status !== 0,
  )
  if (missing) return `no ${missing} is installed: apt-get install slurm-wlm munge`
  const folder = mkdtempSync(join(tmpdir(), 'facet-slurm-'))
  chmodSync(folder, 0o711)
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o400 })
  const { username } = userInfo()
  const [host] = hostname().split('.') as [string]
  const port = 20_000 + (process.pid % 10_000) * 2
  writeFileSync(
    join(folder, 'slurm.conf'),
    `ClusterName=facet
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.sock
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
SlurmctldPort=${port}
SlurmdPort=${port + 1}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MaxArraySize=20
KillWait=30
NodeName=${host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000
PartitionName=all Nodes=ALL Default=YES State=UP
`,
  )
  const env = { ...(process.env as Record<string, string>), PATH: PATHS, SLURM_CONF: join(folder, 'slurm.conf') }
  const call: Slurm['call'] = (command, ...args) => {
    const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8', timeout: 60_000 })
    return { code: status, output: stdout + stderr }
  }
  const files = { 'key-file': 'key', socket: 'sock', 'pid-file': 'pid', 'log-file': 'log', 'seed-file': 'seed' }
  const munge = Object.entries(files).map(([option, end]) => `--${option}=${folder}/munge.${end}`)
  const end = (): void => {
    for (const name of ['slurmd', 'slurmctld', 'munge'])
      try {
        const pid = Number(readFileSync(join(folder, `${name}.pid`), 'utf8'))
        process.kill(pid, 'SIGTERM')
        // It writes its state once more. The signal 0 fails when it has ended.
        for (let tries = 0; tries < 60 && process.kill(pid, 0); tries++) spawnSync('sleep', ['0.5'])
      } catch {
        // It has ended, or never started.
      }
    rmSync(folder, { recursive: true, force: true })
  }
  const said = [call('munged', '--force', ...munge), call('slurmctld', '-c'), call('slurmd', '-c', '-N', host)]
  for (let tries = 0; tries < 30; tries++) {
    if (/ idle /.test(call('sinfo', '-h').output)) return { call, env, end }
    spawnSync('sleep', ['0.5'])
  }
  end()
  return `Slurm does not come up here: ${said.map(({ output }) => output.trim()).join(' ')}`
}
const PATHS = `${process.env.PATH}:/usr/sbin:/sbin`
