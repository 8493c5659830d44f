/**
 * A module is a function with variables. The same module object called twice shares its variables (siamese
 * branches). A variable's name is the path of the modules that hold it (`encoder.layer1.0.conv1.weight`): it is
 * looked up when a program is compiled, so a module may be built first and mounted later.
 */
import { type VariableKind, variableOperation } from '../graph/graph.js'
import {
  apply,
  checkFunction,
  checkTensors,
  described,
  given,
  isTensor,
  markRead,
  type Tensor,
  type Untyped,
  withScope,
} from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { boundShape } from '../graph/sizes.js'
import { select } from '../ops/compare.js'
import { constant } from '../ops/constant.js'
import type { TwinOf } from '../types/layer.js'
import type { Shape } from '../types/shape.js'
import type { DType } from '../types/tensor.js'
import { currentTrace, tracedNow } from './trace.js'

/** Builds the initial value of a variable; runs while `init` is traced, so it may draw random numbers. */
export type Initial = (shape: number[]) => Tensor
/** The value that all elements start with, or what builds it. */
type Start = Initial | number

/** A value that stays on the device from run to run: a parameter that is trained, or a state that `update` changes. */
export interface Variable<out T extends Tensor = Tensor> {
  /** The leaf node: the variable's value at the start of a run. */
  readonly tensor: T
  /** `'parameter'`: gradients flow to it and optimizers move it. `'state'`: only `update` changes it. */
  readonly kind: VariableKind
  /** Builds the value that it starts with, from its shape. */
  readonly initial: Initial
  /** The path of the modules that hold it, and its own name: `encoder.stage0.conv.weight`. */
  readonly name: string
}

interface Definition {
  readonly build: (builder: Builder) => (...args: any[]) => any
  readonly own: Variable[]
  readonly children: Module[]
  parent?: Module
  name: string
}
const definition: unique symbol = Symbol('module')
/** A function with variables, as `module` makes it. Called twice it uses the same variables twice. */
export interface Module {
  readonly [definition]: Definition
}

/** What the body of `module` may declare. Names must be unique within the module. */
export interface Builder {
  /** A trained variable: gradients flow to it. All elements start as `initial` where that is a number. */
  param<const S extends number[]>(name: string, shape: S, initial: Start): Tensor<S, 'f32', 'flows'>
  /** A variable that only `update` changes: statistics, queues, counters. `dtype` is f32 by default. */
  state<const S extends number[], D extends DType = 'f32'>(
    name: string,
    shape: S,
    initial: Start,
    dtype?: D,
  ): Tensor<S, D, 'stopped'>
  /**
   * Makes `child` part of this module under `name`, those of a list under `name.0`, `name.1` and so on. Functions that are no modules
   * pass through. A record of parts is mounted under its keys: `const { encoder, head } = use({ encoder: ..., head: ... })`.
   */
  use<M>(name: string, child: M): M
  use<P extends Parts>(parts: P): P
}

const variables = new WeakMap<Tensor, Variable>()
/** Variables of modules that were made while an entry was traced: the next trace makes others. */
const passing = new WeakSet<Tensor>()
/** Whether a variable's module was made while an entry was traced. */
export const isPassing = (leaf: Tensor): boolean => passing.has(leaf)
/** The variable whose leaf node this is. */
export function variableOf(leaf: Tensor): Variable {
  const variable = variables.get(leaf)
  if (!variable)
    throw new ShapeError(`${isTensor(leaf) ? leaf.operation.name : given(leaf)} is no variable of a module`)
  return variable
}

function declare(
  owner: () => string,
  name: string,
  kind: VariableKind,
  shape: number[],
  dtype: DType,
  initial: Initial,
): Variable {
  if (dtype === 'u8')
    throw new ShapeError(`${kind} ${name} is u8, which is for inputs only: nothing on the device stores bytes, use u32`)
  const variable = {
    kind,
    initial,
    get name() {
      return [owner(), name].filter(Boolean).join('.')
    },
  }
  const attributes = {
    get name() {
      return variable.name
    },
    shape: boundShape(shape),
    dtype,
    kind,
  }
  const tensor = apply(variableOperation, [], attributes)
  const full: Variable = Object.defineProperty(variable, 'tensor', { value: tensor, enumerable: true }) as Variable
  variables.set(tensor, full)
  return full
}

/** A variable outside of any module: the seed, the step, an optimizer's slot. `name` may be given as a function of other names. */
export const variable = <const S extends number[], K extends VariableKind, D extends DType = 'f32'>(
  name: () => string,
  kind: K,
  shape: S,
  initial: Initial,
  dtype: D = 'f32' as D,
): Variable<Tensor<S, D, K extends 'state' ? 'stopped' : 'flows'>> =>
  declare(name, '', kind, shape, dtype, initial) as Variable<Tensor<any, any, any>>

/** Whether a value was made by `module`, or by a layer, which is one. */
export const isModule = (x: unknown): x is Module => typeof x === 'function' && definition in x

/** Throws `ShapeError` for what has no variables to look for. */
function checkModule(x: unknown): void {
  if (isModule(x)) return
  const got = typeof x === 'function' ? 'a function without variables' : described(x)
  throw new ShapeError(`a module is what module(...) or a layer gives, got ${got}`)
}

/** Path of the module from the outermost one that holds it. */
function path(module: Module): string {
  const { parent, name } = module[definition]
  return parent ? [path(parent), name].filter(Boolean).join('.') : name
}

/**
 * A function with variables. `build` runs once and returns the function. Parts that it is made of may be given before, by the
 * names that they have in it: `build` is given them as `use` mounts them, and then what else a body may declare.
 *
 * ```ts
 * const scale = (size: number) => module(({ param }) => {
 *   const weight = param('weight', [size], ones)
 *   return (x: f32<['batch', number]>) => mul(x, weight)
 * })
 * const residual = (body: Layer) => module({ body }, ({ body }) => (x: f32<['batch', number]>) => add(x, body(x)))
 * ```
 */
export function module<F extends (...args: any[]) => any>(build: (builder: Builder) => F): F & Module
export function module<P extends Parts, F extends (...args: any[]) => any>(
  parts: P,
  build: (parts: P, builder: Builder) => F,
): F & Module
export function module(first: any, build?: (parts: any, builder: Builder) => (...args: any[]) => any) {
  if (isModule(first) || Array.isArray(first))
    throw new ShapeError(
      `module takes its parts by name, as in module({ layer }, ({ layer }) => x => ...), got ${isModule(first) ? 'a module' : 'a list'}`,
    )
  if (typeof first === 'function') return construct(first)
  if (typeof build !== 'function') throw notABody(build)
  return construct(builder => build(builder.use(first), builder))
}
/** Parts of a module by name: modules, lists of such, and functions that are none. */
type Parts = Readonly<Record<string, unknown>>

/** Twins of one module and of all it holds: what it mounts twice has one. */
type Twins = Map<Module, Module>

/**
 * `copyOf` is set for twins: parameters become states that start as copies of the original's variables. Children are twins of
 * the original's, by their place: those that `build` makes anew have variables of their own.
 */
function construct<F extends (...args: any[]) => any>(
  build: (builder: Builder) => F,
  copyOf?: Definition,
  twins: Twins = new Map(),
): F & Module {
  const self: Definition = { build, own: [], children: [], name: '' }
  const inEntry = tracedNow()
  const taken = new Set<string>()
  const claim = (name: string) => {
    if (taken.has(name)) throw new ShapeError(`the module declares ${name} twice: names must differ within a module`)
    taken.add(name)
  }
  const add = (name: string, kind: VariableKind, shape: Shape, dtype: DType, initial: Start) => {
    claim(name)
    const source = copyOf?.own[self.own.length]
    if (shape.some(size => typeof size !== 'number'))
      throw new ShapeError(
        `${kind} ${name} has shape ${show(shape)}: a variable's sizes are numbers, not names of sizes`,
      )
    if (typeof initial !== 'number' && typeof initial !== 'function')
      throw new ShapeError(
        `${kind} ${name} starts as a number, or as a function of its shape makes it (zeros, normalWith(0.02)), got ${given(initial)}`,
      )
    const built: Initial = typeof initial === 'number' ? sizes => constant(initial, sizes, dtype) : initial
    const start = source ? () => initialValue(source) : built
    const made = declare(() => path(call), name, copyOf ? 'state' : kind, shape as number[], dtype, start)
    self.own.push(made)
    if (inEntry !== undefined) passing.add(made.tensor)
    return made.tensor as Tensor<any, any, any>
  }
  const mount = (name: string, child: unknown): unknown => {
    if (Array.isArray(child)) return child.map((one, i) => mount(`${name}.${i}`, one))
    if (!isModule(child)) return child
    claim(name)
    const mounted = copyOf ? twinIn(twins, copyOf.children[self.children.length] ?? child) : child
    const inner = mounted[definition]
    self.children.push(mounted)
    if (!inner.parent) Object.assign(inner, { parent: call, name })
    return mounted
  }
  const builder: Builder = {
    param: (name, shape, initial) => add(name, 'parameter', shape, 'f32', initial),
    state: (name, shape, initial, dtype) => add(name, 'state', shape, dtype ?? 'f32', initial),
    use: (given: unknown, child?: unknown): any =>
      typeof given === 'string'
        ? mount(given, child)
        : Object.fromEntries(Object.entries(given as object).map(([name, part]) => [name, mount(name, part)])),
  }
  let body: F
  const call: F & Module = Object.assign(
    (...args: any[]) => opened(call, () => withScope(self.name, () => body(...args))),
    { [definition]: self },
  ) as F & Module
  body = build(builder)
  if (typeof body !== 'function') throw notABody(body)
  // What the body says about itself (an encoder's features) holds for the module, and for its twin.
  return Object.assign(call, Object.fromEntries(Object.entries(body)))
}

const notABody = (found: unknown) =>
  new ShapeError(
    `module takes a function that gives the function of its inputs, as in module(({ param }) => x => ...), got ${described(found)}`,
  )

/** The modules that are being called, each by the one before. */
const open: Module[] = []
/** Calls a module. Throws `ShapeError` where another one calls it that does not hold it: nothing would train its variables. */
function opened<T>(module: Module, body: () => T): T {
  open.push(module)
  try {
    const result = located(module, body)
    const caller = open.at(-2)
    if (
      caller &&
      !open
        .slice(0, -1)
        .reverse()
        .some(outer => within(outer, module)) &&
      variablesOf(module).length > 0
    ) {
      const names = variablesOf(module).map(({ name }) => name)
      throw new ShapeError(
        `a module with ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', ...' : ''} is called inside ${path(caller) || 'another module'}, of which it is no part, so that nothing would train it: mount it there with use(name, module)`,
      )
    }
    return result
  } finally {
    open.pop()
  }
}
const named = new WeakSet<Error>()
/** Runs `body`; a mistake in it names the innermost module that it was made in. */
function located<T>(module: Module, body: () => T): T {
  try {
    return body()
  } catch (error) {
    const where = path(module)
    if (where && error instanceof ShapeError && !named.has(error)) {
      named.add(error)
      // An operation knows the path, too, and not that it is one of modules.
      const own = ` (in ${where})`
      const said = error.message.endsWith(own) ? error.message.slice(0, -own.length) : error.message
      error.message = `${said} (in module ${where})`
    }
    throw error
  }
}
/** Whether `outer`, or a module that holds it, holds `module`. */
function within(outer: Module, module: Module): boolean {
  const { children, parent } = outer[definition]
  const same = (other: Module): boolean => other[definition] === module[definition]
  const holds = (other: Module): boolean => same(other) || other[definition].children.some(holds)
  return children.some(same) || holds(outer) || (parent !== undefined && within(parent, module))
}

/** Every variable of a module, its own first, then its children's; each once. */
export function variablesOf(module: Module): Variable[] {
  checkModule(module)
  const { own, children } = module[definition]
  return [...new Set([...own, ...children.flatMap(variablesOf)])]
}

/** The trained variables of a module. */
export const parametersOf = (module: Module): Variable[] =>
  variablesOf(module).filter(({ kind }) => kind === 'parameter')

/**
 * A second copy of a module whose variables are all states that start equal to the original's: a momentum encoder or
 * teacher. `pairs(twin(m), m)` lists the matching variables.
 */
export const twin = <M extends Module>(module: M): TwinOf<M> => twinIn(new Map(), module) as TwinOf<M>

function twinIn<M extends Module>(twins: Twins, module: M): M {
  checkModule(module)
  const made = twins.get(module) ?? construct(module[definition].build, module[definition], twins)
  twins.set(module, made)
  return made as unknown as M
}

/** `[copy, original]` of every variable of a twin. */
export function pairs(copy: Module, original: Module): [Variable, Variable][] {
  const a = variablesOf(copy)
  const b = variablesOf(original)
  return a.map((variable, i) => [variable, b[i]!])
}

// Values over time

const initialValues = new WeakMap<object, Map<Variable, Tensor>>()
/** The value a variable starts with; the same node for every variable that copies it. Works while `init` is traced. */
export function initialValue(variable: Variable): Tensor {
  const trace = currentTrace('an initial value')
  const made = initialValues.get(trace) ?? new Map<Variable, Tensor>()
  initialValues.set(trace, made)
  const { name, tensor, initial } = variable
  const value = made.get(variable) ?? withScope(name, () => initial([...tensor.shape]))
  if (!isTensor(value) || value.dtype !== tensor.dtype || value.shape.join() !== tensor.shape.join())
    throw new ShapeError(
      `variable ${name} is ${tensor.dtype}${show(tensor.shape)}, it starts as ${isTensor(value) ? `${value.dtype}${show(value.shape)}` : given(value)}`,
    )
  made.set(variable, value)
  return value
}

/**
 * From here on, `variable` has this value; it is written at the end of the run. Nothing happens under `holding`. Throws `ShapeError` for
 * a value of another type, and for a second one in an entry that is not made of the first, `latest(variable)`.
 */
export function update(variable: Tensor, value: Tensor): void {
  variableOf(variable)
  const { shape, dtype } = variable
  if (!isTensor(value))
    throw new ShapeError(`variable ${variable.attributes.name} is updated to a tensor, got ${given(value)}`)
  if (value.dtype !== dtype || value.shape.join() !== shape.join())
    throw new ShapeError(
      `variable ${variable.attributes.name} is ${dtype}[${shape}], its update is ${value.dtype}[${value.shape}]`,
    )
  const trace = currentTrace('update')
  if (trace.held) return
  const before = trace.updates.get(variable)
  if (before && !reaches(value, before))
    throw new ShapeError(
      `variable ${variable.attributes.name} is updated twice in entry ${trace.entry}, and the second value is not made of the first, which would be lost: start from latest(variable), or update once`,
    )
  trace.updates.set(variable, value)
}

/** Whether `value` is made of `part`. */
function reaches(value: Tensor, part: Tensor): boolean {
  const seen = new Set([value])
  // It grows while it is walked: what is near is found first.
  for (const node of seen) {
    if (node === part) return true
    for (const operand of node.operands) seen.add(operand)
  }
  return false
}

/** Runs `body`; the updates made in it happen only where `condition` holds. */
export function updateWhere(condition: Tensor<[], 'bool'>, body: () => void): void {
  const { updates } = currentTrace('updateWhere')
  checkTensors('updateWhere', [condition])
  checkFunction('updateWhere', body)
  markRead(condition)
  const before = new Map(updates)
  body()
  for (const [variable, value] of updates) {
    const kept = before.get(variable) ?? variable
    if (value !== kept) updates.set(variable, select(condition, value as Untyped, kept as Untyped))
  }
}

/** The value of a variable after the updates made so far (its value at the start of the run if there were none). */
export const latest = <T extends Tensor>(variable: T): T => {
  checkTensors('latest', [variable])
  return (currentTrace('latest').updates.get(variable) ?? variable) as T
}
