/**
 * Every primitive operation. `operations` is read off the exports: an operation is known everywhere (parser, printer,
 * verifier, conformance tests) once its file is named here.
 */
import { inputOperation, resultOperation, variableOperation } from '../graph/graph.js'
import type { Operation } from '../graph/operation.js'
import * as binary from './binary.js'
import * as compare from './compare.js'
import * as concat from './concat.js'
import * as constant from './constant.js'
import * as conv from './conv.js'
import * as copy from './copy.js'
import * as dot from './dot.js'
import { eachOperations } from './each.js'
import * as exchange from './exchange.js'
import * as flip from './flip.js'
import * as flow from './flow.js'
import * as gather from './gather.js'
import * as movement from './movement.js'
import * as pad from './pad.js'
import * as pool from './pool.js'
import * as prefix from './prefix.js'
import * as random from './random.js'
import * as reduce from './reduce.js'
import * as scan from './scan.js'
import * as slice from './slice.js'
import * as unary from './unary.js'

export * from './binary.js'
export * from './compare.js'
export * from './concat.js'
export * from './constant.js'
export * from './conv.js'
export * from './copy.js'
export * from './dot.js'
export * from './flip.js'
export { customGradient, reverseGradient, scaleGradient, stopGradient, straightThrough } from './flow.js'
export * from './gather.js'
export * from './movement.js'
export * from './pad.js'
export * from './pool.js'
export * from './prefix.js'
export * from './random.js'
export * from './reduce.js'
export * from './slice.js'
export * from './unary.js'

/** The definitions behind the exported functions, the two leaves, and `result`, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    binary,
    compare,
    concat,
    constant,
    conv,
    copy,
    dot,
    exchange,
    flip,
    flow,
    gather,
    movement,
    pad,
    pool,
    random,
    reduce,
    scan,
    prefix,
    slice,
    unary,
  ]
    .flatMap(file => Object.values(file))
    .flatMap(call => (typeof call === 'function' && 'operation' in call ? [call.operation as Operation] : []))

    .concat(inputOperation, variableOperation, resultOperation)
    .flatMap(operation => [operation, ...eachOperations([operation])])
    .map(operation => [operation.name, operation]),
)
