/** A group of nodes becomes a kernel: accumulations in stages (each stage reads the results of the ones before), then stores. */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, axisOf, delinearize, type Expression, linearize } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import type { Lowering } from '../graph/operation.js'
import type { Group, Member, Reduction } from '../passes/group.js'
import type { Accumulate, Kernel, Result, Statement } from './kernel.js'

/** `results` are the members that something outside of the kernel reads. */
export function lower(group: Group, results: readonly Tensor[]): Kernel {
  if (group.order) return ofOrder(group)
  const members = [...group.members.values()]
  const stored = members.filter(({ node }) => results.includes(node))
  const used = liveNames(members, stored)
  const stages: Member[][] = []
  const stageOf = new Map<string, number>()
  for (const member of members) {
    if (!member.term || !used.has(nameOf(member))) continue
    const before = [...dependencies(member.term)].flatMap(d => (typeof d === 'string' ? [stageOf.get(d)! + 1] : []))
    const stage = Math.max(0, ...before)
    stageOf.set(nameOf(member), stage)
    stages[stage] = [...(stages[stage] ?? []), member]
  }
  const body: Statement[] = stages.map(
    (stage): Accumulate => ({
      kind: 'accumulate',
      along: group.along,
      terms: stage.map(member => ({
        name: nameOf(member),
        combine: (member.node.operation.lower as Reduction).combine,
        value: member.term!,
        dtype: member.node.dtype,
      })),
    }),
  )
  for (const level of ['grid', 'full'] as const) {
    const values = stored
      .filter(member => member.level === level)
      .map(({ node, position, value }): Result => ({ target: node, index: position, value }))
    if (values.length) body.push({ kind: 'store', along: level === 'full' ? group.along : [], results: values })
  }
  return {
    name: kernelName(members),
    scope: commonScope(members),
    grid: group.grid,
    body,
    contraction: group.contraction && stages.length > 0,
  }
}

/** The order of whole rows; `order.ts` cuts it. */
function ofOrder({ members, grid, along, gridPosition, indexing }: Group): Kernel {
  const [{ node, term, value }] = [...members.values()] as [Member]
  const [row] = along as [Axis]
  const axis = (node.operation.lower as Extract<Lowering, { family: 'order' }>).axis(node)
  const out: Axis = { name: 'o', size: node.shape[axis]! }
  const others = node.shape.filter((_, i) => i !== axis)
  const at = delinearize(gridPosition, others)
  const index = linearize([...at.slice(0, axis), axisOf(out), ...at.slice(axis)], node.shape)
  return {
    name: kernelName([...members.values()]),
    scope: node.scope,
    grid,
    contraction: false,
    body: [
      {
        kind: 'order',
        along: [row],
        out,
        from: 1,
        to: row.size,
        keep: out.size,
        key: term!,
        position: axisOf(row),
        results: [{ target: node, index: indexing.simplify(index), value }],
      },
    ],
  }
}

const nameOf = (member: Member): string => (member.value as Extract<Expression, { kind: 'name' }>).name

/** Accumulations that the stored values need, directly or through others. */
function liveNames(members: readonly Member[], stored: readonly Member[]): Set<string> {
  const live = new Set<string>()
  const mark = (e: Expression): void => {
    for (const d of dependencies(e)) {
      if (typeof d !== 'string' || live.has(d)) continue
      live.add(d)
      mark(members.find(member => member.term && nameOf(member) === d)!.term!)
    }
  }
  for (const member of stored) mark(member.value)
  return live
}

/** The operations that the kernel was made for: `conv2d_add_relu`. Longer lists keep both ends. */
function kernelName(members: readonly Member[]): string {
  const names = members.map(({ node }) => node.operation.name).filter((name, i, all) => name !== all[i - 1])
  return (names.length <= 4 ? names : [...names.slice(0, 2), ...names.slice(-2)])
    .join('_')
    .replace(/[^A-Za-z0-9_]/g, '_')
}

/** The longest module path that all members share. */
function commonScope(members: readonly Member[]): string {
  const paths = members.map(({ node }) => node.scope.split('.'))
  const first = paths[0] ?? []
  const shared = first.findIndex((part, i) => paths.some(path => path[i] !== part))
  return first.slice(0, shared < 0 ? first.length : shared).join('.')
}
