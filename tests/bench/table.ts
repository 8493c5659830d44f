/** The table of the bench's workloads. */
import { figure, mebibytes, percent, type Table } from '../../cli/table.js'
import { bound, type Ceilings } from '../../runtime/ceilings.js'
import type { Measurement } from './measure.js'

export function workloadTable(measured: readonly Measurement[], ceilings: Ceilings): Table {
  return {
    head: [
      ...['workload', 'ms', 'min', 'GFLOP/s', 'GB/s', 'of ceiling', 'dispatches', 'kernels', 'compile ms'],
      ...['first ms', 'warm ms', 'moved', 'planned', 'bound', 'buffers', 'check'],
    ],
    rows: measured.map(m => {
      const { median, min } = m.device ?? m.wall
      const { ms, by } = bound(ceilings, m.flops, m.bytes)
      return [
        m.workload,
        figure(m.wall.median),
        figure(min),
        figure(m.flops / median / 1e6),
        figure(m.bytes / median / 1e6),
        `${percent(ms / median)} ${by}`,
        `${m.dispatches}`,
        `${m.kernels}`,
        figure(m.compile),
        figure(m.first),
        figure(m.warm),
        mebibytes(m.moved),
        mebibytes(m.planned),
        mebibytes(m.lowerBound),
        mebibytes(m.buffers),
        m.check.ok ? 'ok' : `WRONG ${m.check.err.toExponential(1)}`,
      ]
    }),
  }
}
